import { chaosScenario, durationText, parseDuration, readScenario, type Scenario, writeScenario } from '@selvage/sim';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Without what is not there, and with events in the order of time. */
function plain(scenario: Scenario): unknown {
  const events = [...scenario.events].sort((a, b) => a.at - b.at);
  return JSON.parse(JSON.stringify({ ...scenario, seed: String(scenario.seed), events }));
}

describe('a scenario as a file', () => {
  it.each([1, 2, 3])('of chaos %i is read as it was written', (seed) => {
    const scenario = chaosScenario({ seed, nodes: 30, hours: 2 });
    expect(scenario.events.length).toBeGreaterThan(40);
    expect(plain(readScenario(writeScenario(scenario), 'chaos'))).toEqual(plain(scenario));
  });

  it('may name things once and use them again, as YAML can', () => {
    const text = 'until: 1m\nnodes:\n  - { name: a, at: &place [1, 2] }\n  - { name: b, at: *place }';
    expect(readScenario(text, 'x').nodes[1]?.position).toEqual({ x: 1, y: 2 });
  });

  it('with devices that join is read as it was written', () => {
    const text = [
      'until: 5m',
      'nodes:',
      '  - { name: r, does: lead, routes: always }',
      '  - { name: d, kind: sleepy, grid: 3x1, does: join, eui: "18b43000000000ff", tries: 4, passphrase: J01NMEJ01NME }',
      '  - { name: e, does: join }',
      'events:',
      '  - { at: 1s, commission: r }',
      '  - { at: 2s, admit: [d, e], by: r, passphrase: WR0NGN, for: 1h }',
      '  - { at: 2s, reject: d2, by: r }',
      'expect:',
      '  - { at: 1m, joined: d, within: 30s }',
      '  - { at: 2m, not joined: e, because: wrong-pskd }',
    ].join('\n');
    const scenario = readScenario(text, 'x');
    expect(scenario.nodes.map(({ join }) => join?.eui64)).toEqual([
      undefined,
      '18b43000000000ff',
      '18b4300000000100',
      '18b4300000000101',
      expect.stringMatching(/^[0-9a-f]{16}$/),
    ]);
    expect(scenario.events[1]).toMatchObject({ kind: 'admit', nodes: ['d1', 'd2', 'd3', 'e'], by: 'r' });
    expect(plain(readScenario(writeScenario(scenario), 'x'))).toEqual(plain(scenario));
  });

  it('counts EUI-64s through a grid, from the last one on to the first', () => {
    const text = 'until: 1m\nnodes:\n  - { name: d, grid: 3x1, does: join, eui: "fffffffffffffffe" }';
    const euis = readScenario(text, 'x').nodes.map(({ join }) => join?.eui64);
    expect(euis).toEqual(['fffffffffffffffe', 'ffffffffffffffff', '0000000000000000']);
  });

  it('lays a grid row by row', () => {
    const text = 'until: 1m\nnodes:\n  - { name: r, grid: 2x2, at: [5, 5], spacing: 10, starts: 1s, every: 500ms }';
    const { nodes } = readScenario(text, 'x');
    expect(nodes.map(({ name, position, startsAt }) => [name, position?.x, position?.y, startsAt])).toEqual([
      ['r1', 5, 5, 1000],
      ['r2', 15, 5, 1500],
      ['r3', 5, 15, 2000],
      ['r4', 15, 15, 2500],
    ]);
  });
});

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['90', 90_000],
    ['1.5h', 5_400_000],
    ['1h 30m', 5_400_000],
    ['2m30s', 150_000],
  ])('%s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(['', 'soon', '5x', '-1s', '1 2', '3m 4'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('are written as they are read', () => {
    fc.assert(fc.property(fc.nat(100_000_000), (duration) => parseDuration(durationText(duration)) === duration));
  });
});
