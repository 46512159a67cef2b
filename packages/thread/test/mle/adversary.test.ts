import { concat, encode } from '@selvage/core';
import { mutate } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { mleSecurityHeader } from '../../src/mle/mle-datagram.js';
import { mleMessage, type MleMessage } from '../../src/mle/mle-message.js';
import { sealMle } from '../../src/mle/security/mle-cipher.js';
import { MleSecurity } from '../../src/mle/security/mle-security.js';
import { type CapturedMle, CaptureReader, keysOf } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

const all = captures().flatMap((capture) => new CaptureReader(capture).packets.flatMap(({ mle }) => mle ?? []));
const secured = all.filter(({ datagram }) => datagram[0] === 0);

function sequenceOf({ opened }: CapturedMle): number {
  return opened.kind === 'message' && opened.protection.kind === 'secured' ? opened.protection.keySequence : 0;
}

describe('MLE messages of captures 01-07 with one bit changed', () => {
  it('none is opened: in no byte of the datagram, and from and to no other address', () => {
    const verdicts: Record<string, number> = {};
    for (const mle of secured) {
      const security = new MleSecurity(nativeCore, keysOf(mle.networkKey!, sequenceOf(mle)));
      const { datagram, source, destination } = mle;
      const whole = concat(datagram, source, destination);
      for (let at = 0; at < whole.length; at++) {
        const copy = whole.slice();
        copy[at] = (copy[at] as number) ^ (1 << (at & 7));
        const length = datagram.length;
        const changed = [
          copy.subarray(0, length),
          copy.subarray(length, length + 16),
          copy.subarray(length + 16),
        ] as const;
        const { kind } = security.open(...changed);
        verdicts[kind] = (verdicts[kind] ?? 0) + 1;
      }
    }
    expect(secured.length).toBe(514);
    // The suite, the control, a byte of the sequence; everything else is under the integrity code.
    expect(verdicts).toEqual({ unacceptable: 514, malformed: 514, 'keys-wanted': 4 * 514, forged: 39_993 });
  });
});

describe('MLE messages by somebody who has the key', () => {
  const seed = 'insider';

  it(`say what they like: 20,000 damaged ones (seed ${seed}) are read or refused, and nothing is thrown`, () => {
    const random = new SeededRandom(seed);
    const messages = all.flatMap(({ opened }): MleMessage[] => (opened.kind === 'message' ? [opened.message] : []));
    const { networkKey, source, destination } = secured[0]!;
    const keys = keysOf(networkKey!, 0);
    const security = new MleSecurity(nativeCore, keys);
    const verdicts = new Set<string>();
    for (let frameCounter = 0; frameCounter < 20_000; frameCounter++) {
      const message = encode(mleMessage, messages[random.below(messages.length)]!);
      const plain = mutate(mutate(message, random), random);
      const fields = { control: 0x15, frameCounter, keySequence: 0, keyIndex: 1 } as const;
      const header = encode(mleSecurityHeader, fields);
      const sealed = sealMle(
        nativeCore,
        keys.current.mle.reveal(),
        { source, destination, header, frameCounter },
        plain,
      );
      verdicts.add(security.open(concat(Uint8Array.of(0), header, sealed), source, destination).kind);
    }
    // An empty plaintext is forged by its length alone.
    expect([...verdicts].every((kind) => ['message', 'malformed', 'unacceptable', 'forged'].includes(kind))).toBe(true);
    expect(verdicts.has('malformed') && verdicts.has('message')).toBe(true);
  });
});
