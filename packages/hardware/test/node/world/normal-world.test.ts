import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outcomeOfPromise } from '@selvage/core/testing';
import { eventLoopTurn } from '@selvage/core/virtual';
import { type Confinement, confinements, type NormalWorld, startNormalWorld } from '@selvage/hardware/node';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { descriptors, innermost, isThere, limits, ownNamespaces, status } from './proc.js';

const built = fileURLToPath(new URL('../../../dist/node/index.js', import.meta.url));
const ways = confinements();
const worlds: NormalWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.kill();
});

/** A world that runs a payload, and what it says on its channel and beside it. */
async function running(payload: string | Uint8Array, options: Parameters<typeof startNormalWorld>[0] = {}) {
  const lines: string[] = [];
  const refused: string[] = [];
  const said: string[] = [];
  const world = await startNormalWorld({
    ...options,
    onLine: (line) => lines.push(line),
    onRefused: (what) => refused.push(what),
  });
  worlds.push(world);
  let heard: () => void = () => undefined;
  world.stream.onData((bytes) => {
    said.push(new TextDecoder().decode(bytes));
    heard();
  });
  world.release(typeof payload === 'string' ? new TextEncoder().encode(payload) : payload);
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (said.join('').includes(text)) resolve();
      };
      heard();
    });
  return { world, lines, refused, said, until };
}

const says = (expression: string): string =>
  `const say = (stream, text) => stream.write(new TextEncoder().encode(text));
   exports.start = ({ stream }) => say(stream, String(${expression}) + '.');`;

describe.each(ways)('a normal world (%s)', (way) => {
  const policy = { ways: [way] };

  it('runs the bytes that it is given, and ends when it is told to', async () => {
    const { world, until, said } = await running(says('1 + 1'), { policy });
    await until('.');
    expect(said.join('')).toBe('2.');
    expect(world.isolation).toBe(way === 'none' ? 'permission-only' : 'namespaces');
    await world.kill();
    expect(isThere(world.pid)).toBe(false);
  });

  it('is, to the kernel, a process without rights', async () => {
    const { world, until } = await running(says('"up"'), { policy });
    await until('.');
    const pid = innermost(world.pid);
    expect(ownNamespaces(pid)).toEqual(way === 'none' ? [] : ['ipc', 'mnt', 'net', 'pid', 'uts']);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      const isBoundByUser = set === 'CapBnd' && way === 'none' && process.getuid?.() !== 0;
      if (!isBoundByUser) expect(status(pid, set)).toBe('0000000000000000');
    }
    expect(status(pid, 'NoNewPrivs')).toBe('1');
    expect(limits(pid, 'Max core file size')).toEqual(['0', '0']);
    expect(limits(pid, 'Max file size')).toEqual(['0', '0']);
    expect(Number(limits(pid, 'Max data size')[1])).toBeLessThanOrEqual(1024 * 2 ** 20);
    expect(descriptors(pid)).toEqual(['/dev/null', 'anon_inode', 'pipe', 'socket']);
    // Bubblewrap says where it is.
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').replace(/^PWD=\/\0/, '')).toBe('');
  });

  it('ends with its secure world, even where it loops for ever', async () => {
    const loop =
      'exports.start = ({ stream }) => { stream.write(Uint8Array.of(46)); setTimeout(() => { for (;;); }, 1) };';
    const program = `
      const { startNormalWorld } = await import(${JSON.stringify(built)});
      const world = await startNormalWorld({ policy: { ways: ['${way}'] } });
      world.stream.onData(() => console.log(world.pid));
      world.release(new TextEncoder().encode(${JSON.stringify(loop)}));`;
    const secure = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(secure.stdout, 'data')) as [Buffer];
    const inner = innermost(Number(pid));
    expect(isThere(inner)).toBe(true);
    secure.kill('SIGKILL');
    while (isThere(inner)) await eventLoopTurn();
    expect(isThere(inner)).toBe(false);
  });
});

describe.each(ways.filter((way) => way !== 'none'))('the root of a normal world (%s)', (way) => {
  it('has what Node is linked with, and nothing of the host beside it', async () => {
    const { world, until } = await running(says('"up"'), { policy: { ways: [way] } });
    await until('.');
    const root = `/proc/${innermost(world.pid)}/root`;
    const known = ['dev', 'lib', 'lib64', 'node', 'setpriv', 'usr'];
    expect(readdirSync(root).filter((name) => !known.includes(name))).toEqual([]);
    expect(readdirSync(`${root}/usr`).filter((name) => !['lib', 'lib64'].includes(name))).toEqual([]);
  });
});

describe('the loader', () => {
  it('runs the parts of a payload in their order, the first before the last is compiled', async () => {
    const parts = ['console.log("first line")', 'exports.started = 1', `${says('exports.started')}`].join('\u001e');
    const { until, said, lines } = await running(parts);
    await until('.');
    expect([said.join(''), lines[0]]).toEqual(['1.', 'first line']);
    const broken = await running('console.log("first line")\u001ethis is no script');
    const { code } = await broken.world.exited;
    expect([code, broken.lines[0]]).toEqual([70, 'first line']);
  });

  it('ends where a payload has no start, is no script or is no text', async () => {
    for (const payload of ['exports.begin = 1', 'exports.start = 1', '%', Uint8Array.of(0xff, 0xfe), '']) {
      const { world } = await running(payload);
      expect((await world.exited).code).toBe(70);
    }
  });

  it('tells what ended a firmware, in the lines of the boot log, bounded', async () => {
    const { world, lines } = await running(
      'exports.start = () => { throw new Error("\\u001b[31m" + "x".repeat(9999)); }',
    );
    await world.exited;
    expect(lines[0]?.startsWith('firmware has ended: Error: ·[31mxxx')).toBe(true);
    expect(lines[0]?.length).toBe(500);
  });

  it('hears no more lines than a log has room for', async () => {
    const payload = `exports.start = ({ stream }) => {
      for (let i = 0; i < 1000; i++) console.log('y'.repeat(400));
      stream.write(Uint8Array.of(46));
    };`;
    const { until, lines } = await running(payload);
    await until('.');
    expect(lines.length).toBeLessThanOrEqual(512);
    expect(lines.join('\n').length).toBeLessThanOrEqual(65_536);
  });

  it('has the cryptography of the web for a global, and not Node’s module, which loads engines', async () => {
    const { until, said } = await running(
      says('[typeof crypto.subtle, typeof crypto.setEngine, typeof crypto.createHash]'),
    );
    await until('.');
    expect(said.join('')).toBe('object,undefined,undefined.');
  });

  it('gives firmware the modules that it needs, and the language', async () => {
    const { until, said, refused } = await running(
      says('[require("node:crypto").createHash("sha256").digest().length, require("net").isIP("::1"), typeof Buffer]'),
    );
    await until('.');
    expect([said.join(''), refused]).toEqual(['32,6,function.', []]);
  });
});

describe('a board’s policy', () => {
  it('refuses firmware less isolation than it demands', async () => {
    const demanding = (...given: Confinement[]) => startNormalWorld({ policy: { minimum: 'namespaces', ways: given } });
    expect(await outcomeOfPromise(demanding('none'))).toBe('isolation-refused');
    expect(await outcomeOfPromise(demanding())).toBe('isolation-refused');
  });

  it('takes what there is, the best first, and says what kept it from better', async () => {
    const world = await startNormalWorld({ loader: undefined });
    worlds.push(world);
    expect(world.isolation).toBe(ways[0] === 'none' ? 'permission-only' : 'namespaces');
    expect(world.shortcomings).toEqual([]);
  });
});

describe('a channel', () => {
  it('is read no faster than a rate, however fast firmware sends', async () => {
    const payload = `exports.start = ({ stream }) => {
      const more = () => { while (stream.write(new Uint8Array(65536))); };
      stream.onDrain(more);
      more();
    };`;
    let throttled = 0;
    let bytes = 0;
    const enough = new Promise<void>((resolve) => {
      void startNormalWorld({
        byteRate: { burst: 1_000_000, perSecond: 1_000_000 },
        onThrottled: () => {
          throttled++;
          if (throttled === 3) resolve();
        },
      }).then((world) => {
        worlds.push(world);
        world.stream.onData(({ length }) => (bytes += length));
        world.release(new TextEncoder().encode(payload));
      });
    });
    await enough;
    // What was on its way when reading stopped is read: a chunk each time.
    expect(bytes).toBeLessThan(1_500_000);
  });
});

describe('a world that whoever switches the power on hands over', () => {
  const secureWorld = `
    const { startNormalWorld } = await import(${JSON.stringify(built)});
    const handed = new Promise((resolve) => process.stdin.once('data', (line) => resolve(JSON.parse(line))));
    const world = await startNormalWorld({ handed, policy: { ways: [] } });
    world.stream.onData((bytes) => console.log(world.pid, world.isolation, new TextDecoder().decode(bytes)));
    world.release(new TextEncoder().encode(${JSON.stringify(says('6 * 7'))}));
    process.stdin.on('data', async () => { await world.kill(); console.log('killed'); });`;
  const host = `
    const { confinements, handedStdio, handOver } = await import(${JSON.stringify(built)});
    const { spawn } = await import('node:child_process');
    const words = ['--input-type=module', '-e', process.argv[1]];
    const secure = spawn(process.execPath, words, { stdio: ['pipe', 'inherit', 'inherit', ...handedStdio] });
    const { handed } = handOver(secure, confinements()[0]);
    secure.stdin.write(JSON.stringify(handed));
    process.stdin.pipe(secure.stdin);`;

  it('runs what the secure world gives it, and is ended by it', async () => {
    const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', host, secureWorld], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const { stdin, stdout } = child as ChildProcess & {
      stdin: NonNullable<ChildProcess['stdin']>;
      stdout: NonNullable<ChildProcess['stdout']>;
    };
    const [line] = (await once(stdout, 'data')) as [Buffer];
    const [pid, isolation, said] = line.toString().trim().split(' ');
    expect([isolation, said]).toEqual([ways[0] === 'none' ? 'permission-only' : 'namespaces', '42.']);
    expect(isThere(Number(pid))).toBe(true);
    stdin.write('kill\n');
    await once(stdout, 'data');
    while (isThere(Number(pid))) await eventLoopTurn();
    child.kill('SIGKILL');
    expect(isThere(Number(pid))).toBe(false);
  });
});

const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
const [setpriv = '', ...nobody] = asNobody;
/** A Node that everybody can run: the one that runs this may lie in root's own folder. */
function nodeOfEverybody(): string {
  const resolve = ['-e', 'fs.realpathSync(process.execPath)'];
  if (spawnSync(setpriv, [...nobody, process.execPath, ...resolve], { cwd: '/' }).status === 0) return process.execPath;
  const folder = mkdtempSync(join(tmpdir(), 'selvage-node-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  copyFileSync(process.execPath, join(folder, 'node'));
  return join(folder, 'node');
}

const isRoot = process.getuid?.() === 0;
const everybodysNode = isRoot ? nodeOfEverybody() : process.execPath;
/** Somebody else can look at the packages, where they are not in root's own folder. */
const hasNobody =
  isRoot && spawnSync(setpriv, [...nobody, everybodysNode, '--check', built], { cwd: '/' }).status === 0;

describe.skipIf(!hasNobody).each(ways)('a normal world of a user without rights (%s)', (way) => {
  it('is kept in as root’s is, in a user namespace', async () => {
    const program = `
      const { startNormalWorld } = await import(${JSON.stringify(built)});
      const world = await startNormalWorld({ policy: { ways: ['${way}'] } });
      world.stream.onData(() => console.log(world.pid, world.isolation));
      world.release(new TextEncoder().encode(${JSON.stringify(says('"up"'))}));`;
    const words = [...nobody, everybodysNode, '--input-type=module', '-e', program];
    const secure = spawn(setpriv, words, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
    const [line = ''] = (await Promise.race([once(secure.stdout, 'data'), once(secure, 'exit')])) as [Buffer | ''];
    const [pid, isolation] = line.toString().trim().split(' ');
    expect(isolation).toBe(way === 'none' ? 'permission-only' : 'namespaces');
    const inner = innermost(Number(pid));
    expect(ownNamespaces(inner)).toEqual(way === 'none' ? [] : ['ipc', 'mnt', 'net', 'pid', 'uts']);
    expect([status(inner, 'CapEff'), status(inner, 'NoNewPrivs')]).toEqual(['0000000000000000', '1']);
    secure.kill('SIGKILL');
    while (isThere(inner)) await eventLoopTurn();
  });
});

describe('a secure world that was started with descriptors of others', () => {
  it('leaves none of them to its normal world', async () => {
    const program = `
      const { startNormalWorld } = await import(${JSON.stringify(built)});
      const world = await startNormalWorld();
      world.stream.onData(() => console.log(world.pid));
      world.release(new TextEncoder().encode(${JSON.stringify(says('"up"'))}));`;
    const script = 'exec 7</etc/passwd 30</etc/hostname && exec "$@"';
    const words = ['-c', script, 'sh', process.execPath, '--input-type=module', '-e', program];
    const secure = spawn('bash', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid] = (await once(secure.stdout, 'data')) as [Buffer];
    expect(descriptors(secure.pid ?? 0)).toContain('/etc/hostname');
    expect(descriptors(innermost(Number(pid)))).toEqual(['/dev/null', 'anon_inode', 'pipe', 'socket']);
    secure.kill('SIGKILL');
  });
});
