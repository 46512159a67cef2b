import { describe, expect, it } from 'vitest';
import { chooseMethod, defaultPolicy, type TransferMethod } from '../../src/index.js';

const all = [0, 1, 2];
const able = { policy: defaultPolicy, hasPin: true, hasAnchors: true };

describe('the owner transfer method', () => {
  it.each<[readonly number[], Partial<typeof able> & { method?: TransferMethod }, TransferMethod]>([
    [all, {}, 'manufacturer-certificate'],
    [all, { hasAnchors: false }, 'random-pin'],
    [all, { hasAnchors: false, hasPin: false }, 'just-works'],
    [[0, 1], {}, 'random-pin'],
    [[0], {}, 'just-works'],
    [[3, 65_280, 0], {}, 'just-works'],
    [all, { policy: { methods: ['random-pin', 'just-works'] } }, 'random-pin'],
    [all, { policy: { methods: ['just-works', 'random-pin'] } }, 'just-works'],
    [all, { method: 'just-works' }, 'just-works'],
  ])('of %j with %j is %s', (oxms, question, method) => {
    expect(chooseMethod({ oxms }, { ...able, ...question })).toBe(method);
  });

  it.each<[readonly number[], Partial<typeof able> & { method?: TransferMethod }, RegExp]>([
    [[], {}, /certificate: the device does not offer it; random-pin: the device does.*; just-works: the device does/],
    [all, { method: 'random-pin', hasPin: false }, /random-pin: nobody gives the PIN/],
    [all, { method: 'manufacturer-certificate', hasAnchors: false }, /no manufacturer is trusted/],
    [all, { policy: { methods: [] } }, /no owner transfer method is left/],
    [all, { method: 'just-works', policy: { methods: ['random-pin'] } }, /just-works: the policy does not allow it/],
  ])('of %j with %j is none, and the reasons are told', (oxms, question, reasons) => {
    expect(() => chooseMethod({ oxms }, { ...able, ...question })).toThrow(
      expect.objectContaining({ code: 'method-unavailable', message: expect.stringMatching(reasons) as string }),
    );
  });
});
