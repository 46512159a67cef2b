import { describe, expect, it } from 'vitest';
import { Transfers } from '../../src/vault/transfers.js';

describe('transfers of a client', () => {
  it('are four at most: the oldest is dropped, and wiped, for one more', () => {
    const transfers = new Transfers();
    const value = new Uint8Array(8).fill(7);
    const first = transfers.offer(value);
    const others = Array.from({ length: 4 }, () => transfers.begin(8));
    expect(() => transfers.read(first, 0, 8)).toThrow(expect.objectContaining({ code: 'wrong-state' }));
    expect(value).toEqual(new Uint8Array(8));
    for (const other of others) expect(transfers.read(other, 0, 8)).toHaveLength(8);
  });
});
