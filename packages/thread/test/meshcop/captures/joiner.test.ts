import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { type CapturedHandshake, capturedHandshakes } from '../../support/captured-handshakes.js';
import { replayJoiner } from '../../support/replays/joiner-replay.js';

const [native] = capturedHandshakes('01-native-commissioning') as [CapturedHandshake];
const [wrong, relayed] = capturedHandshakes('02-relay-and-wrong-pskd') as [CapturedHandshake, CapturedHandshake];
const [external] = capturedHandshakes('03-external-commissioner') as [CapturedHandshake];

const joins = [
  { name: '01, a native commissioner', handshake: native },
  { name: '02, through a joiner router', handshake: relayed },
  { name: '03, an external commissioner', handshake: external },
];

describe("OpenThread's captured joins, ours in the place of its joiner (captures 01 to 03)", () => {
  it.each(joins)('$name: every datagram of the joiner, byte for byte', ({ handshake }) => {
    const { sent, told, entropy } = replayJoiner(handshake);
    expect(sent.map(toHex)).toEqual(handshake.payloadsOf('client').map(toHex));
    expect(sent).toHaveLength(5);
    expect(entropy.remaining).toBe(0);
    const expected = told.flatMap((output) => (output.kind === 'expect-entrust' && output.kek ? [output.kek] : []));
    expect(expected.map((kek) => toHex(kek.reveal()))).toEqual([kekOf(handshake)]);
  });

  it('02, a wrong passphrase: every datagram, and what the alert means', () => {
    const { sent, failure } = replayJoiner(wrong, 60_000);
    expect(sent.map(toHex)).toEqual(wrong.payloadsOf('client').map(toHex));
    expect(sent).toHaveLength(3);
    expect(failure).toBe('wrong-pskd');
  });
});

/** SHA-256 of the key block that OpenThread logged, cut to 16 bytes (Thread 1.3 §8.4.4.5). */
function kekOf(handshake: CapturedHandshake): string {
  return toHex(nativeCore.hash('sha256', handshake.keyBlock).subarray(0, 16));
}
