import { Secret, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { BorderAgent, type BorderAgentInput, Dataset, OneTimeAgent, type OneTimeAgentOutput } from '@selvage/thread';
import { describe, expect, it, vi } from 'vitest';
import type * as sessions from '../../../src/meshcop/secured/passphrase-sessions.js';
import { decodeProxied } from '../../../src/meshcop/udp-proxy.js';
import { pathOf, readMessage } from '../../../src/tmf/tmf-message.js';
import { type CapturedHandshake, capturedHandshakes, recordsOf } from '../../support/captured-handshakes.js';
import {
  cookieSecret,
  coreWithCookie,
  drawsOfServer,
  PlannedPools,
  ReplayedEntropy,
} from '../../support/replayed-entropy.js';
import { forgetfulCache, helloVerifyRequestAsOurs } from '../../support/thread-sessions.js';
import datasets from '../../vectors/datasets.json' with { type: 'json' };

// Mbed TLS gives a session ID that nobody resumes; ours saves its 32 bytes, and here gives the captured one.
vi.mock('../../../src/meshcop/secured/passphrase-sessions.js', async (original) => {
  const { passphraseSession } = await original<typeof sessions>();
  const make: typeof passphraseSession = (...args) => ({ ...passphraseSession(...args), sessionCache: forgetfulCache });
  return { passphraseSession: make };
});

type Agent = BorderAgent<{ key: string }> | OneTimeAgent<{ key: string }>;

const [, known, wrong, oneTime] = capturedHandshakes('03-external-commissioner') as [
  CapturedHandshake,
  CapturedHandshake,
  CapturedHandshake,
  CapturedHandshake,
];
const phone = { key: '[::1]:44425' };
const [before, after] = ['network', 'networkAfter'].map((name) => datasetOf(`03-external-commissioner: ${name}`));

describe("a border agent in the place of OpenThread's (capture 03)", () => {
  it.each([
    ['the PSKc', known],
    ['a wrong PSKc', wrong],
    ['a one-time passcode', oneTime],
  ] as const)('by %s: shakes hands as that did, byte for byte', (_name, handshake) => {
    const { sent } = replay(handshake, 5000);
    const captured = handshake.payloadsOf('server').slice(0, 3);
    expect(sent.slice(0, 3).map(toHex)).toEqual(
      captured.map((payload, index) => toHex(index === 0 ? helloVerifyRequestAsOurs(payload) : payload)),
    );
    expect(recordsOf(sent[1]!)).toHaveLength(3);
  });

  it.each([
    ['the PSKc', known, 25],
    ['a one-time passcode', oneTime, 9],
  ] as const)(
    'by %s: says in the session what that said, byte for byte; to petition and farewell in the acknowledgement',
    (_name, handshake, count) => {
      const ours = saidBy(handshake, replay(handshake).sent);
      const theirs = saidBy(handshake, handshake.payloadsOf('server'));
      // OpenThread acknowledges first and answers in a NON of its own; and it says goodbye twice.
      expect(ours).toEqual(theirs.slice(0, -1).flatMap((said) => asPiggybacked(said, theirs)));
      expect(ours).toHaveLength(count);
    },
  );

  it('passes on what that passed on: 12 proxied datagrams and four RLY_TX, byte for byte', () => {
    const { outputs } = replay(known);
    const proxied = outputs.flatMap((output) => (output.kind === 'proxy' ? [output.datagram] : []));
    expect(proxied).toEqual(toldToAgent('c/ut').map((payload) => decodeProxied(payload)));
    const relayed = outputs.flatMap((output) => (output.kind === 'relay' ? [output] : []));
    expect(relayed.map(({ message }) => toHex(message))).toEqual(toldToAgent('c/tx').map(toHex));
    expect(new Set(relayed.map(({ locator }) => locator))).toEqual(new Set([0xc800]));
    expect([proxied.length, relayed.length]).toEqual([12, 4]);
  });

  it('knows whose commissioner session it is, asks the leader what only that knows, and ends the session', () => {
    const { outputs } = replay(known);
    const asked = outputs.flatMap((output) =>
      output.kind === 'ask-leader' ? [[output.path, toHex(output.payload)]] : [],
    );
    const name = toHex(new TextEncoder().encode('OT-commissioner'));
    expect(asked).toEqual([
      ['c/lp', `0a0f${name}`],
      ['c/la', '1001ff0b026016'],
    ]);
    const sessions = outputs.flatMap((output) => (output.kind === 'commissioner' ? [output.sessionId] : []));
    expect(sessions).toEqual([0x6016, undefined]);
    const ends = [wrong, oneTime].map((handshake) => replay(handshake, 5000).outputs.at(-1));
    expect(ends).toEqual([
      { kind: 'session', state: 'wrong-passphrase' },
      { kind: 'over', why: 'session-ended' },
    ]);
  });
});

/** What the agent said after the handshake, of all that it sent. */
function saidBy(handshake: CapturedHandshake, sent: readonly Uint8Array[]): string[] {
  return sent.slice(3).map((record) => toHex(handshake.open('server', record) ?? record));
}

/** An answer of OpenThread as ours gives it; nothing for the acknowledgement before it. */
function asPiggybacked(said: string, all: readonly string[]): string[] {
  if (/^6000....$/.test(said)) return [];
  const message = /^5844....(.{16})(.*)$/.exec(said);
  if (message === null) return [said];
  const acknowledgement = all[all.indexOf(said) - 1] ?? '';
  return [`6844${acknowledgement.slice(4)}${message[1]}${message[2]}`];
}

/** The payloads that ot-commissioner sent its agent by a path. */
function toldToAgent(path: string): readonly Uint8Array[] {
  return known.payloadsOf('client').flatMap((record) => {
    const message = readMessage(known.open('client', record) ?? new Uint8Array(0));
    return message !== undefined && pathOf(message) === path ? [message.payload] : [];
  });
}

function replay(handshake: CapturedHandshake, wait = 0) {
  const entropy = new ReplayedEntropy(drawsOfServer(handshake, cookieSecret), poolsOf(handshake));
  const core = coreWithCookie(nativeCore, handshake.cookie);
  const passphrase = Secret.of(handshake.passphraseOf('server'));
  const dataset = handshake === known ? before : after;
  const parts = { core, entropy, datasets: () => ({ active: dataset!, pending: undefined }) };
  const agent: Agent =
    handshake === oneTime
      ? new OneTimeAgent({ ...parts, passcode: passphrase }, 0)
      : new BorderAgent({ ...parts, passphrase: () => passphrase });
  const [sent, outputs]: [Uint8Array[], OneTimeAgentOutput<{ key: string }>[]] = [[], []];
  const answers = leaderAnswers(handshake);
  const drain = (now: number): void => {
    for (let output = agent.poll(now); output !== undefined; output = agent.poll(now)) {
      outputs.push(output);
      if (output.kind === 'transmit') sent.push(output.payload);
      if (output.kind === 'ask-leader') agent.handle({ kind: 'answer', id: output.id, payload: answers.shift() }, now);
    }
  };
  for (const { from, payload } of handshake.datagrams) {
    const input: BorderAgentInput<{ key: string }> | undefined =
      from === 'client' ? { kind: 'datagram', payload, from: phone } : heardInMesh(handshake.open('server', payload));
    if (input !== undefined) agent.handle(input, 0);
    drain(0);
  }
  drain(wait);
  return { sent, outputs };
}

/** What a captured agent had heard from the mesh when it told this to its commissioner. */
function heardInMesh(said: Uint8Array | undefined): BorderAgentInput<{ key: string }> | undefined {
  const message = readMessage(said ?? new Uint8Array(0));
  const path = message && pathOf(message);
  if (path === 'c/rx') return { kind: 'relayed', message: message!.payload };
  if (path === 'c/ur') return { kind: 'proxied', datagram: decodeProxied(message!.payload)! };
  return undefined;
}

/** What the leader had answered to a petition and a sign of life: NON responses of their own. */
function leaderAnswers(handshake: CapturedHandshake): Uint8Array[] {
  return handshake.payloadsOf('server').flatMap((payload) => {
    const message = readMessage(handshake.open('server', payload) ?? new Uint8Array(0));
    return message?.type === 'NON' && message.code === 0x44 ? [message.payload] : [];
  });
}

function poolsOf(handshake: CapturedHandshake): readonly Uint8Array[] {
  const plan = new PlannedPools();
  const notices = handshake.payloadsOf('server').flatMap((payload) => {
    const message = readMessage(handshake.open('server', payload) ?? new Uint8Array(0));
    return message?.type === 'NON' && message.token.length === 2 ? [message] : [];
  });
  const first = notices[0]?.messageId ?? 0;
  plan.draw('secured', Uint8Array.of(first >> 8, first));
  for (const { token } of notices) plan.draw('secured', token);
  return plan.pools;
}

function datasetOf(name: string): Dataset {
  return Dataset.parse(datasets.datasets.find((each) => each.name === name)?.tlvs ?? '');
}
