/**
 * After the show: every secret that lies behind a modelled chip is looked for in everything else that was written, said
 * or left by processes that died.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '@selvage/core';
import { readPrivateKey } from '@selvage/crypto';
import { eventLoopTurn } from '@selvage/core/virtual';
import { beforeAll, describe, expect, it } from 'vitest';
import { offBoards, outdated, refusedJoiners, roster } from '../../src/demo/site/roster.js';
import { filesIn, filesOutsideChips } from '../keeping/support/files.js';
import type { Program } from '../support/program.js';
import { airKeysFolder, noteAirKeys } from './support/air-keys.js';
import { openChips } from './support/open-chips.js';
import { isRunning, type RunningProcess, treeOf } from '../support/process-tree.js';
import { Scene } from './support/scene.js';
import { Searcher } from './support/searcher.js';
import { SecretList } from './support/secret-list.js';

const passphrases = {
  authority: 'a vessel of five oars',
  device: 'two larks over Ely',
  planted: 'planted by the test',
};
/** Devices that get an owner; and all boards, of which some stay off, some are not let in, and one is turned away. */
const devices = roster.length;
const boards = [...roster, ...offBoards, ...refusedJoiners, outdated].length;
/** Boards that have power in the end. */
const powered = boards - refusedJoiners.length;
/** Boards, and the vaults of two owners, the manufacturer and an authority. */
const chips = boards + 4;

interface Seen {
  readonly secrets: SecretList;
  /** What was found outside the chips while the devices ran, and the paths that were searched. */
  readonly outside: readonly string[];
  readonly paths: readonly string[];
  readonly bytes: number;
  /** What was found with the chips included. */
  readonly everywhere: readonly string[];
  /** What was found of a secret that the test wrote down. */
  readonly planted: readonly string[];
  readonly isCaptured: boolean;
  /** Processes at the end, and what was found in the core files of those that SIGABRT ended. */
  readonly processes: readonly RunningProcess[];
  readonly aborted: readonly { readonly kind: string; readonly coreBytes: number; readonly found: readonly string[] }[];
  readonly afterwards: readonly string[];
}

describe.skipIf(process.platform !== 'linux')('after selvage demo --stay', () => {
  const scene = new Scene({
    SELVAGE_CA_PASSPHRASE: passphrases.authority,
    SELVAGE_KEY_PASSPHRASE: passphrases.device,
    SELVAGE_SITE: 'state/site',
  });
  let seen: Seen;
  beforeAll(async () => {
    seen = await snoop(scene);
  });

  it('there are secrets of every kind to look for', () => {
    const { secrets } = seen;
    // Every board has a key to attest with, each device that was owned one of its own, and each authority one.
    expect(secrets.count('private-key')).toBeGreaterThanOrEqual(boards + devices + 4 + 1);
    // The owner's key of each device, and keys of pairs.
    expect(secrets.count('shared-key')).toBeGreaterThanOrEqual(devices);
    expect(secrets.count('unique-key')).toBe(chips - 1);
    expect(secrets.count('pin')).toBeGreaterThanOrEqual(2);
    // On each label; of the mesh before and after its key was rotated; and of each who joined, one of them twice.
    expect(secrets.count('pskd')).toBe(boards);
    expect(secrets.count('network-key')).toBe(2);
    expect(secrets.count('pskc')).toBe(1);
    expect(secrets.count('kek')).toBeGreaterThanOrEqual(devices + 2);
    expect(secrets.all.length).toBeGreaterThan(80);
  });

  it('none of them is in any file outside the chips, in any form, in a log, in JSON or on the wire', () => {
    const { paths, outside, bytes, isCaptured } = seen;
    for (const kind of [
      /flash\/store$/,
      /slot-0$/,
      /air\.pcapng$/,
      /site\/vault\/store$/,
      /tenant\/vault\/store$/,
      /manufacturer\/vault\/store$/,
      /ca\/vault\/store$/,
      /lamp\.key$/,
      /show\.jsonl$/,
      /show\.errors$/,
      /command-1$/,
    ]) {
      expect(paths.filter((path) => kind.test(path)).length).toBeGreaterThan(0);
    }
    expect(paths.some((path) => path.endsWith('.pcap'))).toBe(isCaptured);
    expect(outside).toEqual([]);
    expect(bytes).toBeGreaterThan(4_000_000);
  });

  it('each chip has its key, and a secret that is written down is found: the search sees what is there', () => {
    const kinds = seen.everywhere.map((text) => text.split(' ')[0]);
    expect(kinds.filter((kind) => kind === 'unique-key').length).toBe(chips - 1);
    const [planted, forWireshark] = [
      seen.planted.filter((text) => !text.includes(airKeysFolder)),
      seen.planted.filter((text) => text.includes(airKeysFolder)),
    ];
    // What the show says that it leaves to Wireshark is found there, and nothing else with it.
    expect(forWireshark.filter((text) => text.startsWith('network-key'))).toHaveLength(2);
    expect(forWireshark.filter((text) => !/^(network-key|kek) .* in \S+ieee802154_keys$/.test(text))).toEqual([]);
    expect(planted).toEqual([
      'passphrase of planted, raw, in logs/planted',
      'passphrase of planted, hex, in logs/planted',
    ]);
  });

  it('none of them is in what processes leave that die of SIGABRT, with core files allowed', () => {
    const { processes, aborted, afterwards } = seen;
    expect(countsOf(processes)).toMatchObject({ command: 2, vault: 1, 'secure world': powered });
    expect(countsOf(processes)['normal world']).toBeGreaterThanOrEqual(devices);
    expect(processes.map(({ pid, coreFilter }) => ({ pid, coreFilter }))).toEqual(
      processes.map(({ pid }) => ({ pid, coreFilter: 0 })),
    );
    expect(aborted.length).toBeGreaterThanOrEqual(2 + 1 + powered);
    expect(aborted.flatMap(({ found }) => found)).toEqual([]);
    // Where the kernel leaves core files at hand, they were there to be looked at: headers without memory.
    if (coresComeHere()) {
      for (const kind of ['command', 'vault', 'secure world']) {
        const sizes = aborted.flatMap((one) => (one.kind === kind ? [one.coreBytes] : []));
        expect([kind, Math.min(...sizes) > 0, Math.max(...sizes) < 1_000_000]).toEqual([kind, true, true]);
      }
    }
    expect(afterwards).toEqual([]);
  });
});

/** Plays the show and goes on with it, learns all secrets, looks for them, and ends the processes as a crash does. */
async function snoop(scene: Scene): Promise<Seen> {
  const endCapture = await scene.capture();
  const show = scene.start('demo', '--stay', '--json', '--state', 'state');
  await show.says(/"event":"commands"/);
  await scene.run('devices', '--json');
  await scene.run('get', 'hall-light', '/switch');
  await scene.run('set', 'hall-switch', '/switch', 'value=true');
  await scene.run('credentials', 'hall-light', '--json');
  await scene.run('ca', 'init', '--name', 'CN=Snooped Authority');
  await scene.run('ca', 'issue', 'device', '--name', 'CN=lamp', '--key', 'lamp.key', '--out', 'lamp.pem');
  await endCapture?.();
  const secrets = await secretsOf(scene, show);
  const searcher = new Searcher(secrets.all);
  const keepLogs = (): void => {
    scene.keepLog('show.jsonl', withoutDisplays(show.stdout));
    scene.keepLog('show.errors', show.stderr);
  };
  keepLogs();
  const files = new Map([...filesOutsideChips(scene.root)].filter(([path]) => !isForWireshark(path)));
  const outside = findingsIn(files, searcher);
  const bytes = searcher.searched;
  const everywhere = findingsIn(filesIn(scene.root), searcher);
  const { planted: text } = passphrases;
  const planted = scene.planted(`${text} ${Buffer.from(text).toString('hex')}`, (all) => findingsIn(all, searcher));

  const owning = scene.start('own', '--all', '--wait', '60', '--json');
  await untilVaultRuns(owning);
  const processes = [...treeOf(show.pid), ...treeOf(owning.pid)];
  const aborted = await abortAll(processes, searcher);
  await Promise.all([show.ended, owning.ended]);
  keepLogs();
  scene.keepLog('owning', owning.stdout + owning.stderr);
  const left = [...filesOutsideChips(scene.root)].filter(([path]) => !isForWireshark(path));
  const afterwards = findingsIn(new Map(left), searcher);
  const isCaptured = endCapture !== undefined;
  return {
    secrets,
    outside,
    paths: [...files.keys()],
    bytes,
    everywhere,
    planted,
    isCaptured,
    processes,
    aborted,
    afterwards,
  };
}

async function secretsOf(scene: Scene, show: Program): Promise<SecretList> {
  const secrets = new SecretList();
  noteAirKeys(join(scene.work, 'state'), secrets);
  expect(await openChips(scene.copyOfWork(), secrets, Secret.text(passphrases.authority))).toBe(chips);
  for (const [name, text] of Object.entries(passphrases)) secrets.addText(`passphrase of ${name}`, text);
  for (const pin of pinsShown(show)) secrets.addText('pin on a display', pin);
  const lamp = readPrivateKey(readFileSync(join(scene.work, 'lamp.key')), Secret.text(passphrases.device));
  secrets.add('private-key in lamp.key', lamp.key.reveal());
  return secrets;
}

/** Ends processes one by one, none of which sees another die. */
async function abortAll(processes: readonly RunningProcess[], searcher: Searcher): Promise<Seen['aborted']> {
  for (const { pid } of processes) process.kill(pid, 'SIGSTOP');
  const aborted: Seen['aborted'][number][] = [];
  for (const one of processes.filter(({ isFirst }) => !isFirst)) {
    const core = await abort(one);
    const found = searcher.search(core).map(({ secret, form }) => `${secret}, ${form}, in a ${kindOf(one)}`);
    aborted.push({ kind: kindOf(one), coreBytes: core.length, found });
  }
  for (const { pid } of processes) if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  return aborted;
}

/** One line for each, short enough to be read. */
function findingsIn(files: ReadonlyMap<string, Buffer>, searcher: Searcher): string[] {
  return [...files].flatMap(([path, bytes]) =>
    searcher.search(bytes).map(({ secret, form }) => `${secret}, ${form}, in ${path}`),
  );
}

type Told = Readonly<Record<string, unknown>>;

function linesOf(text: string): Told[] {
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []));
}

/** What stood on the devices' displays: to be seen by whoever is in front of one, and good for one handshake. */
function pinsShown({ stdout }: Program): string[] {
  return linesOf(stdout).flatMap(({ pin }) => (typeof pin === 'string' ? [pin.replaceAll(/\D/g, '')] : []));
}

/** What the show says, without what it reads from displays, and the dataset that it hands out and warns of. */
function withoutDisplays(text: string): string {
  return linesOf(text)
    .map(({ pin: _, commands, ...rest }) => {
      const others = Array.isArray(commands) ? commands.filter((line) => !String(line).startsWith('dataset set')) : [];
      return JSON.stringify({ ...rest, commands: others });
    })
    .join('\n');
}

/** Where the keys to what is kept of the air are left, as the show says. */
function isForWireshark(path: string): boolean {
  return path.split('/').includes(airKeysFolder);
}

function kindOf({ words }: RunningProcess): string {
  const line = words.join(' ');
  if (/vault-main\.js|vault\.cjs/.test(line)) return 'vault';
  if (line.includes('secure-world')) return 'secure world';
  return line.includes('main.js') ? 'command' : 'normal world';
}

function countsOf(processes: readonly RunningProcess[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of processes) counts[kindOf(one)] = (counts[kindOf(one)] ?? 0) + 1;
  return counts;
}

/** A command has its vault's process from when it has opened its site. */
async function untilVaultRuns(command: Program): Promise<void> {
  while (!treeOf(command.pid).some((one) => kindOf(one) === 'vault' && one.coreFilter === 0)) await eventLoopTurn();
}

/** Ends a process that was stopped so that it would leave a core file; returns what it left, which is removed. */
async function abort({ pid, folder }: RunningProcess): Promise<Buffer> {
  process.kill(pid, 'SIGABRT');
  process.kill(pid, 'SIGCONT');
  while (isRunning(pid)) await eventLoopTurn();
  return folder === undefined || folder === '/' ? Buffer.alloc(0) : coreIn(folder);
}

function coresComeHere(): boolean {
  return !/[|/]/.test(readFileSync('/proc/sys/kernel/core_pattern', 'utf8'));
}

function coreIn(folder: string): Buffer {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^core(\.\d+)?$/.test(name)) : [];
  const cores = names.map((name) => readFileSync(join(folder, name)));
  for (const name of names) rmSync(join(folder, name));
  return Buffer.concat(cores);
}
