import { decode, encode, fromHex, mapped, remaining, toHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { type Block, block, type BlockSize, blockSizes, option } from '../../src/index.js';

const codec = mapped(
  remaining,
  (bytes) => block.read(bytes),
  (value: Block) => block.write(value),
);

codecSuite<Block>(
  { describe, it, expect },
  {
    name: 'a Block option (RFC 7959 §2.2)',
    codec,
    vectors: [
      { name: 'block 0 of 1024', bytes: '0e', value: { number: 0, more: true, size: 1024 } },
      { name: 'block 0 of 16, the last', bytes: '', value: { number: 0, more: false, size: 16 } },
      { name: '3/1/128', bytes: '3b', value: { number: 3, more: true, size: 128 } },
      { name: '16/0/64', bytes: '0102', value: { number: 16, more: false, size: 64 } },
      { name: 'the last of all', bytes: 'fffff6', value: { number: 2 ** 20 - 1, more: false, size: 1024 } },
    ],
    generate: (random) => ({
      number: random.below(2 ** 20),
      more: random.chance(0.5),
      size: blockSizes[random.below(7)] as BlockSize,
    }),
    openEnded: true,
    manyForms: true,
  },
);

describe('a Block option', () => {
  it('with the reserved exponent 7 is refused', () => {
    for (const bytes of ['07', '0f', 'ffffff']) {
      expect(outcomeOf(() => decode(codec, fromHex(bytes)))).toBe('invalid-value');
    }
  });

  it('with a number beyond 20 bits or a size that is none is not written', () => {
    const wrong = [
      { number: 2 ** 20, more: false, size: 1024 as const },
      { number: -1, more: false, size: 16 as const },
      { number: 0, more: false, size: 48 as BlockSize },
      { number: 0, more: false, size: 2048 as BlockSize },
    ];
    for (const value of wrong) expect(outcomeOf(() => encode(codec, value))).toBe('value-out-of-range');
  });

  it('takes as few bytes as it needs', () => {
    const bytes = [0, 15, 16, 4095, 4096].map((number) =>
      toHex(option.block1.of({ number, more: true, size: 32 }).value),
    );
    expect(bytes).toEqual(['09', 'f9', '0109', 'fff9', '010009']);
  });
});
