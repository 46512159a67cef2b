import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { leakingDescriptors } from './inherited.js';
import { loaderText } from './loader.js';

/** What keeps a normal world in. */
export type Isolation =
  /** Network, pid, mount, ipc and uts namespaces of its own, a root with nothing but Node, and the permission model. */
  | 'namespaces'
  /** Node's permission model and the loader alone: sockets and signals are open to whoever gets past the loader. */
  | 'permission-only';

/** How a normal world is put into namespaces. */
export type Confinement = 'bubblewrap' | 'unshare' | 'none';

/** What a normal world may use of the machine. */
export interface WorldResources {
  /** MiB of private memory in all, Node's own included. */
  readonly memory: number;
}

export const usualResources: WorldResources = { memory: 384 };

/** A command line. */
export interface Command {
  readonly file: string;
  readonly arguments: readonly string[];
}

/** The descriptor of the channel in the normal world. */
export const channelDescriptor = 3;

/** Where the host's own programs are: not where `PATH` says, which others may have set. */
const programFolders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

/** The ways that there are on this host, the best first; `none` is always there. */
export function confinements(): readonly Confinement[] {
  const ways: Confinement[] = [];
  if (findProgram('bwrap') !== undefined) ways.push('bubblewrap');
  if (unsharePrograms.every((name) => findProgram(name) !== undefined)) ways.push('unshare');
  return [...ways, 'none'];
}

/** What a command that starts a normal world may have of its own. */
export interface WorldCommandOptions {
  /** The text of another loader than the ROM's, for tests. */
  readonly loader?: string | undefined;
  /** Whether it is given the channel as its standard output, and puts it to its place itself. */
  readonly channelAtOutput?: boolean | undefined;
}

/** The command that starts a normal world. */
export function worldCommand(
  confinement: Confinement,
  resources: WorldResources,
  { loader = loaderText(channelDescriptor), channelAtOutput = false }: WorldCommandOptions = {},
): Command {
  const node = [ownProgram(), ...nodeFlags(), '--eval', loader];
  return limited(resources, confined(confinement, node), channelAtOutput);
}

/** This Node; as it was named where a folder on the way to it cannot be looked into. */
function ownProgram(): string {
  try {
    return realpathSync(process.execPath);
  } catch {
    return process.execPath;
  }
}

function confined(confinement: Confinement, node: readonly string[]): readonly string[] {
  switch (confinement) {
    case 'bubblewrap':
      return bubblewrapped(node);
    case 'unshare':
      return unshared(node);
    case 'none':
      return [...onItsOwn(['--no-new-privs', ...(isRoot() ? withoutCapabilities : [])]), ...node];
  }
}

/**
 * No core dumps, no byte into a file, no more memory than granted, and no descriptor of this process's parents: all that
 * is a shell's to do, and passes through `exec`.
 */
function limited({ memory }: WorldResources, command: readonly string[], channelAtOutput: boolean): Command {
  const kibibytes = (memory + reservedByEngine) * 1024;
  const leaks = leakingDescriptors(channelDescriptor + 1);
  const closing = leaks.length === 0 ? '' : `exec ${leaks.map((one) => `${one}>&-`).join(' ')} && `;
  const placing = channelAtOutput ? `exec ${channelDescriptor}<&1 >/dev/null && ` : '';
  const script = `${placing}${closing}ulimit -c 0 && ulimit -f 0 && ulimit -d ${kibibytes} && exec "$@"`;
  // The shell of the standard closes descriptors of one digit.
  const file = leaks.some((one) => one > 9) ? (findProgram('bash') ?? '/bin/sh') : '/bin/sh';
  return { file, arguments: ['-c', script, 'sh', ...command] };
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

/** MiB that the engine takes as if it wrote on them, and does not: V8 of Node 22 and later, for machine code. */
const reservedByEngine = major >= 22 ? 512 : 0;

/**
 * Nothing here is a flag of V8: with one that Node was not built with, V8 takes no notice of what it compiled of Node
 * beforehand, and a start takes 10 ms longer. So the memory is bounded by the kernel, and code of texts by the loader.
 */
function nodeFlags(): readonly string[] {
  const isStable = major > 23 || (major === 23 && minor >= 5);
  return [
    // Without `--allow-fs-read` no file at all can be read: the loader comes on the command line.
    isStable ? '--permission' : '--experimental-permission',
    '--no-warnings',
    '--disable-proto=delete',
    '--no-addons',
    '--v8-pool-size=0',
    // It opens files without asking the permission model.
    ...(has('--experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
  ];
}

function has(flag: string): boolean {
  return process.allowedNodeEnvironmentFlags.has(flag);
}

/** A root with nothing in it but what Node is linked with, in namespaces of its own. */
function bubblewrapped([node = '', ...flags]: readonly string[]): readonly string[] {
  const system = systemFolders().flatMap((folder) => ['--ro-bind', folder, folder]);
  return [
    findProgram('bwrap') ?? 'bwrap',
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--as-pid-1',
    '--clearenv',
    ...['--cap-drop', 'ALL'],
    ...system,
    // Node would hold the root open where it does not find it.
    ...['--dev-bind', '/dev/null', '/dev/null'],
    ...['--ro-bind', node, '/node', '--chdir', '/', '--', '/node'],
    ...flags,
  ];
}

const unsharePrograms = ['unshare', 'mount', 'chroot', 'setpriv', 'mkdir', 'touch'];

/** The same root made by hand, by what every Linux has. */
function unshared([node = '', ...flags]: readonly string[]): readonly string[] {
  const setpriv = findProgram('setpriv') ?? '';
  const files = [
    [setpriv, '/setpriv'],
    [node, '/node'],
    ['/dev/null', '/dev/null'],
  ];
  const bound = [...systemFolders().map((folder) => [folder, folder]), ...files];
  const script = [
    `r=${mountPoint(node)} && mount -t tmpfs -o size=64k,mode=755 none $r && mkdir $r/dev`,
    `touch ${files.map(([, to]) => `$r${to}`).join(' ')}`,
    `mkdir -p ${systemFolders()
      .map((folder) => `$r${folder}`)
      .join(' ')}`,
    ...bound.map(([from, to]) => `mount --bind '${from}' $r${to} && { mount -o remount,bind,ro $r${to} || true; }`),
    'mount -o remount,bind,ro $r',
    `exec chroot $r /setpriv --no-new-privs ${withoutCapabilities.join(' ')} /node "$@"`,
  ].join(' && ');
  return [
    ...onItsOwn(),
    ...[findProgram('unshare') ?? 'unshare', ...(isRoot() ? [] : ['--user', '--map-root-user'])],
    ...['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child'],
    ...['/bin/sh', '-c', script, 'sh', ...flags],
  ];
}

/** A folder that every system has, with nothing in it that is still needed. */
function mountPoint(node: string): string {
  return ['/mnt', '/media', '/srv', '/opt', '/tmp'].find((it) => existsSync(it) && !node.startsWith(it)) ?? '/mnt';
}

/**
 * A firmware that loops for ever does not see that its secure world is gone; and shells have an environment of their own,
 * which bubblewrap clears itself.
 */
function onItsOwn(privileges: readonly string[] = []): readonly string[] {
  const [env, setpriv] = [findProgram('env'), findProgram('setpriv')];
  const clearing = env === undefined ? [] : [env, '-i'];
  return setpriv === undefined ? clearing : [...clearing, setpriv, '--pdeathsig', 'KILL', ...privileges];
}

const withoutCapabilities = ['--bounding-set=-all', '--inh-caps=-all'];

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** What holds the libraries that Node is linked with. */
function systemFolders(): readonly string[] {
  return ['/usr/lib', '/usr/lib64', '/lib', '/lib64'].filter((folder) => existsSync(folder));
}

function findProgram(name: string): string | undefined {
  return programFolders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
