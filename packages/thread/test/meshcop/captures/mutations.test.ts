import { toHex } from '@selvage/core';
import { decodeRelayed } from '@selvage/thread';
import { describe, expect, it, vi } from 'vitest';
import type * as sessions from '../../../src/meshcop/secured/passphrase-sessions.js';
import { type CapturedHandshake, capturedHandshakes } from '../../support/captured-handshakes.js';
import { capturedMessages } from '../../support/captured-messages.js';
import { cookieSecret, drawsOfClient, drawsOfServer } from '../../support/replayed-entropy.js';
import { replayAdmission } from '../../support/replays/admission-replay.js';
import { type JoinerReplay, replayJoiner } from '../../support/replays/joiner-replay.js';
import { forgetfulCache } from '../../support/thread-sessions.js';

// As in `commissioner.test.ts`.
vi.mock('../../../src/meshcop/secured/passphrase-sessions.js', async (original) => {
  const { passphraseSession } = await original<typeof sessions>();
  const make: typeof passphraseSession = (...args) => ({ ...passphraseSession(...args), sessionCache: forgetfulCache });
  return { passphraseSession: make };
});

const [, right] = capturedHandshakes('02-relay-and-wrong-pskd') as [CapturedHandshake, CapturedHandshake];
/** What joiner routers relayed of that session: the last five RLY_RX. */
const relayed = capturedMessages('02-relay-and-wrong-pskd')
  .flatMap(({ path, message }) => (path === 'c/rx' ? [message.payload] : []))
  .slice(-5);

/**
 * What a bit in what the joiner got may be without anybody noticing, as nothing protects it and nobody needs it: the number
 * of a record in the clear, and of HelloVerifyRequest its version and its number, which a server that keeps nothing cannot
 * know (RFC 6347 §4.2.1).
 */
function isFree(payload: Uint8Array, at: number): boolean {
  const start = recordStart(payload, at);
  const isClear = payload[start + 3] === 0 && payload[start + 4] === 0;
  const isNumber = isClear && at >= start + 5 && at < start + 11;
  const isVerifyRequest = payload[0] === 22 && payload[13] === 3;
  return isNumber || (isVerifyRequest && [17, 18, 25, 26].includes(at));
}

describe('a capture in which a bit is another one is a capture that our engines do not replay', () => {
  it.each([0, 1, 2, 3])('what the joiner got, datagram %i', (index) => {
    const expected = outcome(replayJoiner(right));
    const payloads = right.payloadsOf('server');
    const unseen = mutate(payloads[index]!, (changed) => {
      const datagrams = payloads.map((payload, each) => (each === index ? changed : payload));
      return outcome(replayJoiner(right, 0, { datagrams })) === expected;
    });
    expect(unseen).toEqual(places(payloads[index]!).filter((at) => isFree(payloads[index]!, at)));
  });

  it.each([0, 1, 2, 3, 4])('what joiner routers relayed, message %i', (index) => {
    const expected = said(replayAdmission(right, heard(relayed)).relayed);
    const unseen = mutate(relayed[index]!, (changed) => {
      const messages = relayed.map((message, each) => (each === index ? changed : message));
      return said(replayAdmission(right, heard(messages)).relayed) === expected;
    });
    expect(unseen).toEqual(places(relayed[index]!).filter((at) => isFreeOfRelayed(relayed[index]!, at, index)));
  });

  it('what either side drew', () => {
    const [client, server] = [drawsOfClient(right), drawsOfServer(right, cookieSecret)];
    const expected = said(replayJoiner(right).sent);
    for (const index of client.keys()) {
      const draws = client.map((draw, each) => (each === index ? flipped(draw, 31) : draw));
      expect(said(replayJoiner(right, 0, { draws }).sent), `draw ${index} of the joiner`).not.toBe(expected);
    }
    const expectedOfServer = said(replayAdmission(right, heard(relayed)).relayed);
    for (const index of server.keys()) {
      const draws = server.map((draw, each) => (each === index ? flipped(draw, 31) : draw));
      const made = said(replayAdmission(right, heard(relayed), 0, draws).relayed);
      expect(made, `draw ${index} of the commissioner`).not.toBe(expectedOfServer);
    }
    expect([client.length, server.length]).toEqual([6, 8]);
  });
});

/** The places at which a change was not seen. Every byte of the heads is tried, and every seventh of the rest. */
function mutate(payload: Uint8Array, isUnseen: (changed: Uint8Array) => boolean): number[] {
  const unseen: number[] = [];
  for (const at of places(payload)) if (isUnseen(flipped(payload, at))) unseen.push(at);
  return unseen;
}

function places(payload: Uint8Array): number[] {
  return [...payload.keys()].filter((at) => at < 100 || at % 7 === 0);
}

/**
 * Of a hello that brings its cookie a server takes all, the number of its record too. Of the first one it keeps nothing: what
 * the cookie is for shows in the cookie, which here is the captured one, whatever it is asked for.
 */
function isFreeOfRelayed(message: Uint8Array, at: number, index: number): boolean {
  const payload = decodeRelayed(message)!.payload;
  const place = at - (message.length - payload.length);
  if (place < 0 || index === 1) return false;
  if (index === 0) return place >= 24 || [1, 2, 14, 15, 16, 17, 18].includes(place);
  return isFree(payload, place);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] as number) ^ 0x10;
  return changed;
}

function recordStart(payload: Uint8Array, at: number): number {
  let start = 0;
  for (
    let next = 0;
    next <= at;
    next += 13 + (((payload[next + 11] as number) << 8) | (payload[next + 12] as number))
  ) {
    start = next;
  }
  return start;
}

function heard(messages: readonly Uint8Array[]) {
  return messages.flatMap((message) => decodeRelayed(message) ?? []);
}

/** All that our joiner did: what it sent, and what it told. */
function outcome({ sent, told }: JoinerReplay): string {
  const words = told.map((output) => ('kek' in output && output.kek ? toHex(output.kek.reveal()) : output.kind));
  return [said(sent), ...words].join('\n');
}

function said(payloads: readonly Uint8Array[]): string {
  return payloads.map(toHex).join('\n');
}
