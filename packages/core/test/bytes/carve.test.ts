import { carveBytes } from '@selvage/core';
import { describe, expect, it } from 'vitest';

describe('carveBytes', () => {
  it('gives zeroed bytes of the length asked for, also beyond a slab', () => {
    for (const length of [0, 1, 64, 129, 2048, 2049, 16_384, 70_000]) {
      const piece = carveBytes(length);
      expect(piece).toHaveLength(length);
      expect(piece.every((byte) => byte === 0)).toBe(true);
    }
  });

  it('never hands out the same byte twice', () => {
    const pieces = Array.from({ length: 2000 }, (_, index) => carveBytes(1 + (index % 100)).fill(1 + (index % 255)));
    for (const [index, piece] of pieces.entries()) {
      expect(
        piece.every((byte) => byte === 1 + (index % 255)),
        `piece ${index}`,
      ).toBe(true);
    }
  });
});
