import { concat, fromHex, Secret, toHex } from '@selvage/core';
import { FixedEntropy } from '@selvage/core/virtual';
import { EcJpake, nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { masterSecret } from '../../src/handshake/key-schedule.js';
import { findExtension } from '../../src/protocol/hello.js';
import type { Side } from '../support/pair.js';
import { Capture, type CapturedSession, finishedIn, type LoggedExchange } from './support/capture.js';

const captures = [
  'openthread-01-native-commissioning',
  'openthread-02-relay-and-wrong-pskd',
  'openthread-03-external-commissioner',
].map((name) => ({ name, capture: new Capture(name) }));

const replays = captures.flatMap(({ name, capture }) =>
  capture.exchanges.map((exchange) => ({ name, capture, exchange, role: exchange.role })),
);

describe.each([nativeCore, portableCore])('captured EC-JPAKE handshakes, replayed by the $engine engine', (core) => {
  // The native engine replays all; one of each role shows that the portable one reads the same.
  const chosen = core.engine === 'native' ? replays : replays.slice(0, 2);

  it('are those of fourteen sides', () => {
    expect(replays).toHaveLength(14);
  });

  it.each(chosen)("$name: from the $role's scalars, the peer's proofs verify and the secrets are equal", (replay) => {
    const { capture, exchange, role } = replay;
    const session = sessionOf(capture, exchange);
    const ours = sideOf(core, exchange);
    ours.writeRoundOne();
    ours.readRoundOne(roundOneOf(session, role === 'client' ? 'server' : 'client'));
    ours.writeRoundTwo();
    ours.readRoundTwo(session.bodyOf(role === 'client' ? 'server_key_exchange' : 'client_key_exchange'));
    const premaster = ours.premasterSecret();
    expect(toHex(premaster)).toBe(exchange.premaster);

    const randoms = { client: session.clientRandom, server: session.serverHello.random };
    const master = masterSecret(core, premaster, randoms, undefined);
    expect(capture.masterSecrets(session).map(toHex)).toContain(toHex(master));
    expectOwnRecordsOpen(session, master, role);
  });

  it.each(chosen)("$name: a proof of the $role's peer with a bit flipped is refused", ({ capture, exchange, role }) => {
    const session = sessionOf(capture, exchange);
    const roundOne = roundOneOf(session, role === 'client' ? 'server' : 'client').slice();
    roundOne[roundOne.length - 1] = (roundOne.at(-1) ?? 0) ^ 1;
    const ours = sideOf(core, exchange);
    ours.writeRoundOne();
    expect(() => ours.readRoundOne(roundOne)).toThrowError(expect.objectContaining({ code: 'invalid-proof' }));
  });
});

/** A side that draws the captured scalars; the nonces of its proofs are of no interest. */
function sideOf(core: typeof nativeCore, { role, password, x1, x2 }: LoggedExchange): EcJpake {
  const nonce = new Uint8Array(32).map((_, index) => index + 1);
  const entropy = new FixedEntropy(concat(fromHex(x1), nonce, fromHex(x2), nonce, nonce));
  return new EcJpake({ core, role, password: Secret.of(fromHex(password)), entropy });
}

/** The session in which the exchange's peer showed the point that the exchange logged. */
function sessionOf(capture: Capture, { role, peerX1 }: LoggedExchange): CapturedSession {
  const peer = role === 'client' ? 'server' : 'client';
  const found = capture.sessions.find((session) => toHex(roundOneOf(session, peer).subarray(1, 66)) === peerX1);
  return found ?? expect.fail('the capture does not hold the handshake of this exchange');
}

function roundOneOf(session: CapturedSession, side: Side): Uint8Array {
  const hello = side === 'client' ? session.clientHello : session.serverHello;
  return findExtension(hello, 'ecjpake_key_kp_pair')?.value ?? new Uint8Array(0);
}

/** What the side itself sent opens under the secret derived from its scalars, its Finished first. */
function expectOwnRecordsOpen(session: CapturedSession, master: Uint8Array, role: Side): void {
  const own = session.open(master).filter(({ from }) => from === role);
  expect(own.every(({ plaintext }) => plaintext !== undefined)).toBe(true);
  const [finished] = own;
  if (finished?.plaintext !== undefined) expect(finishedIn(finished.plaintext).body).toHaveLength(12);
}
