import { Secret, fromHex, systemEntropy, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { keyIndex, openThreadKeys } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import vectors from '../../../crypto/test/vectors/thread.json' with { type: 'json' };

describe('keys of a key sequence (Thread 1.3 §7.1.4)', () => {
  it(`are those that OpenThread derives, 39 of ${vectors.keys.length}, from a handle`, async () => {
    const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
    let compared = 0;
    for (const { networkKey, keySequence, keyIndex: index, macKey, mleKey } of vectors.keys) {
      const policy = { algorithm: 'derive', usages: ['derive'] } as const;
      const handle = await home.importKey(policy, Secret.of(fromHex(networkKey)));
      const store = new MemoryStore();
      const keys = await openThreadKeys({ home, networkKey: handle, store, sequence: keySequence, now: 0 });
      expect(toHex(keys.current.mac.reveal())).toBe(macKey);
      expect(toHex(keys.current.mle.reveal())).toBe(mleKey);
      expect(keyIndex(keySequence)).toBe(index);
      compared++;
    }
    expect(compared).toBe(39);
  });
});
