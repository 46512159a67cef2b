import { bytesEqual, decode, Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { EcJpake, ecjpakeKeyKpPairList, nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import {
  dictionaryAround,
  ecjpakeKeys,
  pskKeys,
  tryWords,
} from '../../../src/demo/handshake/eavesdropper/dictionary.js';
import { FinishedLock } from '../../../src/demo/handshake/eavesdropper/finished-lock.js';
import { overhear } from '../../../src/demo/handshake/eavesdropper/overheard.js';
import { compareHellos } from '../../../src/demo/handshake/eavesdropper/same-hellos.js';
import { knows, meet } from '../../../src/demo/handshake/meeting.js';
import { TestSurface } from '../../support/test-surface.js';

const word = 'J01NME';
const identity = new TextEncoder().encode('lamp');

async function captureOf(kind: 'psk' | 'ecjpake') {
  const secret = Secret.text(word);
  const psk = { guest: { keyForHint: () => ({ identity, key: secret }) }, host: { keyForIdentity: () => secret } };
  const meeting = await (kind === 'psk'
    ? meet(new TestSurface(), { suite: 'TLS_PSK_WITH_AES_128_CCM_8', ...psk })
    : meet(new TestSurface(), { suite: 'TLS_ECJPAKE_WITH_AES_128_CCM_8', guest: knows(secret), host: knows(secret) }));
  meeting.close();
  return meeting;
}

describe('a dictionary against a captured handshake', () => {
  it('has the word and all its neighbours, each once', () => {
    const words = dictionaryAround(word);
    expect(words).toContain(word);
    expect(new Set(words).size).toBe(words.length);
    expect(words.length).toBe(6 * 31 + 1);
  });

  it('finds a plain pre-shared key, and only by the right word', async () => {
    const meeting = await captureOf('psk');
    const lock = new FinishedLock(nativeCore, overhear(meeting.captured, meeting.guest.key));
    const words = dictionaryAround(word);
    expect(tryWords(words, lock, pskKeys)).toEqual({ words: 187, keys: 187, found: word });
    const without = words.filter((entry) => entry !== word);
    expect(tryWords(without, lock, pskKeys)).toEqual({ words: 186, keys: 186, found: undefined });
  });

  it('finds nothing in an EC-JPAKE handshake, whose six public points it all tries', async () => {
    const meeting = await captureOf('ecjpake');
    const overheard = overhear(meeting.captured, meeting.guest.key);
    expect(overheard.points.map(([name]) => name)).toEqual(['X1', 'X2', 'X3', 'X4', 'A', 'B']);
    expect(overheard.points.every(([, point]) => nativeCore.p256.isPoint(point))).toBe(true);
    const lock = new FinishedLock(nativeCore, overheard);
    const result = tryWords([word, 'J01NMF'], lock, ecjpakeKeys(nativeCore, overheard));
    expect(result).toEqual({ words: 2, keys: 16, found: undefined });
  });

  it('says what is missing in a capture that starts too late', async () => {
    const { captured, guest } = await captureOf('psk');
    expect(() => overhear(captured.slice(3), guest.key)).toThrow('the capture holds no whole ClientHello');
    expect(() => overhear(captured.slice(0, 3), guest.key)).toThrow('the capture holds no whole ServerHello');
  });
});

describe('the hellos', () => {
  it('are the same bytes for every passphrase, with the same randomness', () => {
    expect(compareHellos('J01NME', 'ANYTH1NGELSE')).toMatchObject({ areSame: true, clientHelloLength: 431 });
  });

  it('of round one carry what a fresh exchange from the same randomness makes', () => {
    const roundOne = (password: string) =>
      new EcJpake({
        core: nativeCore,
        role: 'client',
        password: Secret.text(password),
        entropy: new SeededEntropy(1),
      }).writeRoundOne();
    const [one, other] = [roundOne('J01NME'), roundOne('J01NMF')];
    expect(bytesEqual(one, other)).toBe(true);
    expect(nativeCore.p256.isPoint(decode(ecjpakeKeyKpPairList, one).first.x)).toBe(true);
  });
});
