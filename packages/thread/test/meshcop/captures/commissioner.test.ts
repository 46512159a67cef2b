import { fromHex, toHex } from '@selvage/core';
import { decodeRelayed, encodeRelayed, type RelayedDatagram } from '@selvage/thread';
import { describe, expect, it, vi } from 'vitest';
import type * as sessions from '../../../src/meshcop/secured/passphrase-sessions.js';
import { type CapturedHandshake, capturedHandshakes } from '../../support/captured-handshakes.js';
import { type CapturedMessage, capturedMessages } from '../../support/captured-messages.js';
import { replayAdmission } from '../../support/replays/admission-replay.js';
import { forgetfulCache, helloVerifyRequestAsOurs } from '../../support/thread-sessions.js';

// Mbed TLS gives a session ID that nobody resumes; ours saves its 32 bytes, and here gives the captured one.
vi.mock('../../../src/meshcop/secured/passphrase-sessions.js', async (original) => {
  const { passphraseSession } = await original<typeof sessions>();
  const make: typeof passphraseSession = (...args) => ({ ...passphraseSession(...args), sessionCache: forgetfulCache });
  return { passphraseSession: make };
});

const [native] = capturedHandshakes('01-native-commissioning') as [CapturedHandshake];
const [wrong, right] = capturedHandshakes('02-relay-and-wrong-pskd') as [CapturedHandshake, CapturedHandshake];
const [external] = capturedHandshakes('03-external-commissioner') as [CapturedHandshake];
const relays = capturedMessages('02-relay-and-wrong-pskd').filter(({ path }) => path === 'c/rx' || path === 'c/tx');
/** The first message of the second session, which is the sixth that a joiner router relayed or was to relay. */
const secondAt = relays.findIndex(({ message }, index) => index > 0 && isFirstHello(message.payload));

describe("OpenThread's captured relays, ours in the place of its commissioner (capture 02)", () => {
  it('takes each RLY_RX as OpenThread did, and answers by its RLY_TX byte for byte, the KEK in it', () => {
    const session = relays.slice(secondAt);
    const { relayed, told } = replayAdmission(right, received(session));
    const expected = session.filter(({ path }) => path === 'c/tx').map(({ message }) => message.payload);
    // OpenThread says goodbye twice: to the joiner's goodbye, and for itself.
    expect(relayed.map(toHex)).toEqual(expected.slice(0, -1).map(asOurs).map(toHex));
    expect(relayed).toHaveLength(5);
    const kek = decodeRelayed(relayed[3] as Uint8Array)?.kek;
    expect(kek && toHex(kek.reveal())).toBe('d68d947b02d0f6044f95fcd4cbe3fcd3');
    expect(told).toEqual(['handshake', 'finalisation', 'finalised', 'entrust', 'left']);
  });

  it('a wrong passphrase: the same alert, byte for byte, and no KEK', () => {
    const session = relays.slice(0, secondAt);
    const { relayed, told } = replayAdmission(wrong, received(session), 5000);
    const expected = session.filter(({ path }) => path === 'c/tx').map(({ message }) => message.payload);
    expect(relayed.map(toHex)).toEqual(expected.map(asOurs).map(toHex));
    expect(relayed).toHaveLength(3);
    expect(told).toEqual(['handshake', 'wrong-pskd']);
  });

  it.each([
    ['01, a native commissioner', native],
    ['03, ot-commissioner', external],
  ] as const)('%s: every record that it sent the joiner, byte for byte', (_name, handshake) => {
    const client = handshake.payloadsOf('client').map((payload) => ({ ...behindRouter, payload }));
    const { relayed, told } = replayAdmission(handshake, client);
    const records = relayed.map((message) => toHex(decodeRelayed(message)!.payload));
    const expected = handshake.payloadsOf('server').map((payload) => toHex(asOursInTheClear(payload)));
    expect(records.slice(0, 4)).toEqual(expected.slice(0, 4));
    expect(told).toEqual(['handshake', 'finalisation', 'finalised', 'entrust', 'left']);
  });
});

const behindRouter = { interfaceId: fromHex('90335c4b320830fb'), udpPort: 1000, locator: 0x1c00 } as const;

function received(messages: readonly CapturedMessage[]): readonly RelayedDatagram[] {
  return messages.flatMap(({ path, message }) => (path === 'c/rx' ? [decodeRelayed(message.payload)!] : []));
}

/** An RLY_TX of OpenThread, but for the version of HelloVerifyRequest. */
function asOurs(message: Uint8Array): Uint8Array {
  const relayed = decodeRelayed(message)!;
  return encodeRelayed({ ...relayed, payload: asOursInTheClear(relayed.payload) });
}

function asOursInTheClear(payload: Uint8Array): Uint8Array {
  const isVerifyRequest = payload[0] === 22 && payload[13] === 3;
  return isVerifyRequest ? helloVerifyRequestAsOurs(payload) : payload;
}

/** A ClientHello without a cookie: message 0. */
function isFirstHello(message: Uint8Array): boolean {
  const payload = decodeRelayed(message)?.payload;
  return payload !== undefined && payload[0] === 22 && payload[13] === 1 && payload[18] === 0;
}
