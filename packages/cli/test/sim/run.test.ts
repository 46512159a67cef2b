/** `selvage sim run`: the scenarios of the package, and ones with mistakes. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chaosExamples, simExamples } from '../../src/sim/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const star = fileURLToPath(new URL('../../../sim/scenarios/star.yaml', import.meta.url));
const examples = [...simExamples.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!);

beforeAll(() => {
  process.chdir(file('.'));
  copyFileSync(star, 'star.yaml');
});
afterAll(() => process.chdir(before));

/** The last line of `--json`. */
function lastOf(text: string): Record<string, unknown> {
  return JSON.parse(text.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

describe('the examples of sim run', () => {
  it.each(examples)('$ selvage %s', async (line) => {
    const surface = new TestSurface();
    // What goes at the pace of the clock on the wall goes faster here.
    expect(await surface.run(...line.replace('--speed 20', '--speed 1000').split(' '))).toBe(0);
    expect(surface.stdout.text).not.toBe('');
  });

  it(`are ${examples.length}`, () => {
    expect(examples.length).toBe(4);
    expect(readFileSync('air.pcapng').readUInt32BE(0)).toBe(0x0a0d0d0a);
  });
});

describe('the examples of sim chaos', () => {
  const lines = [...chaosExamples.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!);

  it.each(lines)('$ selvage %s', async (line) => {
    const surface = new TestSurface();
    expect(await surface.run(...line.split(' '))).toBe(0);
  });

  it(`are ${lines.length}`, () => {
    expect(lines.length).toBe(3);
    expect(readFileSync('chaos-7.yaml', 'utf8')).toContain('name: chaos 7');
  });
});

describe('sim run', () => {
  const small = `
until: 30s
nodes:
  - { name: a, does: lead }
  - { name: b, kind: sleepy, poll: 1s, starts: 1s }
expect:
  - { at: 10s, one partition }
  - { at: 10s, ping: [a, b], within: 5s }
`;

  it('tells the same air for the same seed, and another for another', async () => {
    writeFileSync('small.yaml', small);
    const airs: unknown[] = [];
    for (const seed of ['7', '7', '8']) {
      const surface = new TestSurface();
      expect(await surface.run('sim', 'run', 'small.yaml', '--json', '--seed', seed)).toBe(0);
      airs.push(lastOf(surface.stdout.text)['air']);
    }
    expect(airs[1]).toBe(airs[0]);
    expect(airs[2]).not.toBe(airs[0]);
  });

  it('tells with --energy what each node would have drawn, and the air is the same', async () => {
    writeFileSync('small.yaml', small);
    const run = async (...options: string[]): Promise<string> => {
      const surface = new TestSurface();
      expect(await surface.run('sim', 'run', 'small.yaml', '--seed', '7', ...options)).toBe(0);
      return surface.stdout.text;
    };
    const text = await run('--energy');
    expect(text).toContain('Charge of 2 nodes as an nRF52840 at 3 V');
    const [, awake] = /^a +router +([\d.]+)/m.exec(text)!;
    const [, asleep] = /^b +sleepy +([\d.]+)/m.exec(text)!;
    // 30 s of 6.53 mA, and little of it.
    expect(Number(awake)).toBeCloseTo(195.9, 0);
    expect(Number(asleep)).toBeLessThan(20);
    const told = await run('--energy', '--json');
    const { event, nodes } = JSON.parse(told.trim().split('\n').at(-2)!) as {
      event: string;
      nodes: { name: string }[];
    };
    expect([event, nodes.map(({ name }) => name)]).toEqual(['energy', ['a', 'b']]);
    expect(lastOf(told)['air']).toBe(lastOf(await run('--json'))['air']);
  });

  it('ends with 1 where something does not hold, and says what', async () => {
    writeFileSync('wrong.yaml', `${small}  - { at: 20s, role: b, is: leader }\n`);
    const surface = new TestSurface();
    expect(await surface.run('sim', 'run', 'wrong.yaml')).toBe(1);
    expect(surface.stdout.text).toContain('DOES NOT HOLD: b is leader (b is child)');
    expect(surface.stdout.text).toContain('2 of 3 expectations held');
  });

  it.each([
    ['nodes: []', 'line 1', 'until: 10m'],
    ['until: 10m\nnodes:\n  - { name: a, kind: rooter }', 'line 3, nodes[0].kind', 'router, end-device, sleepy'],
    ['until: soon\nnodes: []', 'line 1, until', '1h 30m'],
    ['until: 1m\nnodes:\n  - { name: a }\nevents:\n  - { at: 1s, kill: b }', 'line 5, events[0].kill', 'nodes are a'],
    ['until: 1m\nnodes:\n  - { name: a }\nevents:\n  - { at: 1s, kil: a }', 'line 5, events[0].kil', 'power cut'],
    ['until: 1m\nnodes:\n  - { name: a }\nevents:\n  - { kill: a }', 'line 5, events[0]', 'add at:'],
    ['until: 1m\nnodes:\n  - { name: a }\nevents:\n  - { at: 1s, move: a }', 'line 5, events[0].move', 'to: [x, y]'],
    ['until: 1m\nnodes:\n  - { name: a }\nexpect:\n  - { at: 1s, role: a }', 'line 5, expect[0].role', 'leader'],
    ['until: 1m\nnodes:\n  - { name: a }\n  - { name: a }', 'line 4, nodes[1].name', 'another name'],
    [
      'until: 1m\nnodes:\n  - { name: a, does: join, passphrase: I0Q }',
      'line 3, nodes[0].passphrase',
      'capital letters',
    ],
    ['until: 1m\nnodes:\n  - { name: a, tries: 3 }', 'line 3, nodes[0].tries', 'add does: join'],
    ['until: 1m\nnodes:\n  - { name: a, does: join, eui: 12 }', 'line 3, nodes[0].eui', '16 hexadecimal digits'],
    [
      'until: 1m\nnodes:\n  - { name: a }\nevents:\n  - { at: 1s, admit: a, by: a }',
      'line 5, events[0].admit',
      'does: join',
    ],
    ['until: 1m\nnodes: [', 'line 2', 'mend it'],
  ])('says of %j where it is wrong, and what to do', async (text, where, remedy) => {
    writeFileSync('bad.yaml', text);
    const surface = new TestSurface();
    expect(await surface.run('sim', 'run', 'bad.yaml')).toBe(64);
    const told = surface.stderr.text.replaceAll(/\s+/g, ' ');
    expect(told).toContain(`bad.yaml, ${where}`);
    expect(told).toContain(remedy);
  });
});
