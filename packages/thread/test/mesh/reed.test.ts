import { describe, expect, it } from 'vitest';
import type { ReedEffect, ReedFacts, ReedInput, ReedState } from '../../src/mle/reed/reed-state.js';
import { reedDeadline, stepReed } from '../../src/mle/reed/step-reed.js';

const usual: ReedFacts = {
  eligible: true,
  activeRouters: 3,
  upgradeThreshold: 16,
  selectionJitter: 120,
  hasGoodNeighbour: true,
};
const attached: ReedInput = { kind: 'attached', wants: undefined };

function give(
  state: ReedState,
  input: ReedInput,
  change: Partial<ReedFacts> = {},
  now = 0,
  fraction = 0.5,
): { readonly state: ReedState; readonly effects: readonly ReedEffect[] } {
  return stepReed(state, input, { now, facts: { ...usual, ...change }, fraction });
}

describe('an end device that could be a router (Thread 1.3 §5.9.8)', () => {
  it.each([
    [0, 1000],
    [1, 120_000],
  ])('decides within the jitter: fraction %d, %d ms', (fraction, at) => {
    expect(reedDeadline(give({ kind: 'content' }, attached, {}, 0, fraction).state)).toBe(at);
  });

  it('asks for a router id then, if routers are still too few', () => {
    const { state } = give({ kind: 'content' }, attached);
    const later = reedDeadline(state);
    expect(give(state, { kind: 'timer' }, {}, later).effects).toEqual([{ kind: 'solicit', status: 'too-few-routers' }]);
    for (const change of [{ activeRouters: 16 }, { hasGoodNeighbour: false }]) {
      expect(give(state, { kind: 'timer' }, change, later)).toEqual({
        state: { kind: 'content' },
        effects: [{ kind: 'stay' }],
      });
    }
  });

  it('waits again where its parent says that routers are too few', () => {
    expect(give({ kind: 'content' }, { kind: 'routers' }, { activeRouters: 15 }).state.kind).toBe('waiting');
    expect(give({ kind: 'content' }, { kind: 'routers' }, { activeRouters: 16 }).state.kind).toBe('content');
  });

  it('asks at once for a device that would be its child, and once', () => {
    const { state, effects } = give({ kind: 'content' }, { kind: 'asked' }, { activeRouters: 20 });
    expect(effects).toEqual([{ kind: 'solicit', status: 'child-id-request' }]);
    expect(give(state, { kind: 'asked' }).effects).toEqual([]);
  });

  it('asks where routers that it hears do not reach each other, however many there are', () => {
    const { state, effects } = give({ kind: 'content' }, { kind: 'gap' }, { activeRouters: 31 });
    expect(effects).toEqual([{ kind: 'solicit', status: 'child-id-request' }]);
    expect(give(state, { kind: 'gap' }).effects).toEqual([]);
  });

  it('asks at once where it came with children of its own', () => {
    const wants = { kind: 'attached', wants: 'partition-change' } as const;
    expect(give({ kind: 'content' }, wants).effects).toEqual([{ kind: 'solicit', status: 'partition-change' }]);
  });

  it('gives up its children when it is refused, and says that it is there: nobody else may be heard by a neighbouring partition', () => {
    const soliciting: ReedState = { kind: 'soliciting', status: 'child-id-request' };
    expect(give(soliciting, { kind: 'refused' })).toEqual({
      state: { kind: 'content' },
      effects: [{ kind: 'resign' }, { kind: 'stay' }],
    });
  });

  it.each<ReedInput>([attached, { kind: 'routers' }, { kind: 'asked' }, { kind: 'gap' }])(
    'that shall never be one asks for nothing: %o',
    (input) => {
      expect(give({ kind: 'content' }, input, { eligible: false })).toEqual({
        state: { kind: 'content' },
        effects: [],
      });
    },
  );
});
