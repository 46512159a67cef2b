import { awaited, call, construct, type Fn, type Loose, module, ofProcess, processThing, type Way } from './realm.js';
import type { Targets } from './targets.js';

/** Other programs, other processes, and what the own one was started with. */
export function processWays({ securePid, decoyPid, addon, openFolder }: Targets): readonly Way[] {
  const program = '/usr/bin/id';
  const signals = [
    ['process 1', 1],
    ['all processes', -1],
    ['the own group', 0],
    ['the secure world', securePid],
    ['a process of the host', decoyPid],
  ] as const;
  return [
    { name: 'spawn a program', go: () => awaited(call('child_process', 'spawn', program), 'spawn') },
    { name: 'run a shell', go: () => call('child_process', 'execSync', 'id') },
    { name: 'run a program and wait', go: () => call('child_process', 'execFileSync', program) },
    { name: 'fork', go: () => awaited(call('child_process', 'fork', '/node'), 'spawn') },
    { name: 'fork again and again', go: () => forkBomb() },
    { name: 'be a cluster', go: () => awaited(call('cluster', 'fork'), 'online') },
    { name: 'become another program', go: () => ofProcess('execve', program, ['id']) },
    { name: 'start a thread', go: () => thread() },
    { name: 'load a native addon', go: () => ofProcess('dlopen', { exports: {} }, addon) ?? 'loaded' },
    { name: 'require a native addon', go: () => (call('module', 'createRequire', '/x') as Fn)(addon) },
    { name: 'take a binding', go: () => ofProcess('binding', 'fs') },
    { name: 'take the binding of processes', go: () => ofProcess('binding', 'spawn_sync') },
    { name: 'take a linked binding', go: () => ofProcess('_linkedBinding', 'fs') },
    { name: 'have a debugger listen', go: () => call('inspector', 'open', 0) ?? 'listens' },
    { name: 'debug itself', go: () => debugItself() },
    { name: 'debug the secure world', go: () => ofProcess('_debugProcess', securePid) ?? 'debugs' },
    {
      name: 'run a WASI program',
      go: () => construct(module('wasi')['WASI'], { version: 'preview1' }),
    },
    { name: 'write a heap snapshot', go: () => call('v8', 'writeHeapSnapshot', `${openFolder}/heap`) },
    { name: 'write a report', go: () => ((processThing()['report'] as Loose)['writeReport'] as Fn)('r.json') },
    { name: 'read an environment file', go: () => ofProcess('loadEnvFile', '/etc/environment') ?? 'read' },
    {
      name: 'find an environment',
      go: () => Object.keys(processThing()['env'] as Loose).find((name) => name !== 'PWD'),
    },
    { name: 'change folder', go: () => ofProcess('chdir', '/usr') ?? 'changed' },
    ...signals.map(
      ([whom, pid]): Way => ({
        name: `signal ${whom}`,
        // Signal 0 harms nobody, and shows as much: whoever gets it across gets the others across.
        go: () => ofProcess('kill', pid, 0),
      }),
    ),
    { name: 'have priority over the secure world', go: () => call('os', 'setPriority', securePid, 19) ?? 'changed' },
    ...descriptors(),
    // From here on it may be somebody else.
    { name: 'become another user', go: () => ofProcess('setuid', 1) ?? 'changed' },
  ];
}

function forkBomb(): unknown {
  for (let i = 0; i < 10; i++) call('child_process', 'spawn', '/node', ['-e', '0']);
  return 'forked';
}

function thread(): Promise<unknown> {
  const Worker = module('worker_threads')['Worker'];
  return awaited(construct(Worker, '0', { eval: true }), 'online');
}

function debugItself(): unknown {
  const session = construct(module('inspector')['Session']) as { connect: Fn };
  return session.connect() ?? 'connected';
}

/** Files, folders and devices among the descriptors that were inherited; pipes and sockets of Node's own do not count. */
function descriptors(): readonly Way[] {
  return Array.from({ length: 65 }, (_, descriptor) => descriptor)
    .filter((descriptor) => descriptor !== 3)
    .map((descriptor) => ({
      name: `use descriptor ${descriptor}`,
      go: () => {
        const into = new Uint8Array(16);
        const count = call('fs', 'readSync', descriptor, into, 0, 16, 0) as number;
        return count > 0 ? `${count} bytes` : undefined;
      },
    }));
}
