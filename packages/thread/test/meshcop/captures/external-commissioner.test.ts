import { Secret, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  decodeRelayed,
  encodeRelayed,
  ExternalAccess,
  type ExternalAccessOutput,
  type NetworkNews,
  type NetworkRequest,
} from '@selvage/thread';
import { describe, expect, it, vi } from 'vitest';
import type * as sessions from '../../../src/meshcop/secured/passphrase-sessions.js';
import { decodeProxied } from '../../../src/meshcop/udp-proxy.js';
import { pathOf, readMessage } from '../../../src/tmf/tmf-message.js';
import {
  type CapturedHandshake,
  capturedHandshakes,
  type HandshakeDatagram,
} from '../../support/captured-handshakes.js';
import { drawsOfClient, PlannedPools, ReplayedEntropy } from '../../support/replayed-entropy.js';

// ot-commissioner asks for records of 1024 bytes at most (RFC 6066 §4), which ours does not.
vi.mock('../../../src/meshcop/secured/passphrase-sessions.js', async (original) => {
  const { passphraseSession } = await original<typeof sessions>();
  const make: typeof passphraseSession = (...args) => ({ ...passphraseSession(...args), maximumFragmentLength: 1024 });
  return { passphraseSession: make };
});

const [, known, wrong, oneTime] = capturedHandshakes('03-external-commissioner') as [
  CapturedHandshake,
  CapturedHandshake,
  CapturedHandshake,
  CapturedHandshake,
];
const agent = { key: '[::1]:49191' };

describe('an external commissioner in the place of ot-commissioner (capture 03)', () => {
  it('by the PSKc, says in 27 datagrams what that said: 22 byte for byte, four RLY_TX in another order of TLVs', () => {
    const { sent, news } = replay(known);
    const captured = known.payloadsOf('client');
    expect(sent).toHaveLength(captured.length);
    const differing = sent.flatMap((payload, index) => (toHex(payload) === toHex(captured[index]!) ? [] : [index]));
    expect(differing).toEqual([14, 15, 16, 17, 24]);
    for (const index of differing.slice(0, 4)) {
      const [ours, theirs] = [sent[index]!, captured[index]!].map(
        (payload) => readMessage(known.open('client', payload)!)!,
      );
      const [said, heard] = [decodeRelayed(ours!.payload)!, decodeRelayed(theirs!.payload)!];
      expect([ours!.messageId, toHex(ours!.token)]).toEqual([theirs!.messageId, toHex(theirs!.token)]);
      expect(toHex(encodeRelayed(said))).toBe(toHex(encodeRelayed(heard)));
      expect(theirs!.payload.length).toBe(ours!.payload.length);
    }
    // Ours counts the messages to each node of the mesh, ot-commissioner those to all together: 8 to the leader, 11 to all.
    const [ours, theirs] = [sent[24]!, captured[24]!].map((payload) => toHex(known.open('client', payload)!));
    expect(ours).toBe(theirs!.replace('4802000bb943', '48020008b943'));
    expect(news.map(({ kind }) => kind).filter((kind) => kind === 'relayed')).toHaveLength(5);
  });

  it('takes every answer of its agent and of the nodes behind it for what it is', () => {
    const { news } = replay(known);
    const answers = news.flatMap((each) => (each.kind === 'response' ? [each.payload && toHex(each.payload)] : []));
    expect(answers).toHaveLength(17);
    expect(answers[2]).toBe(`1001010a0f${toHex(new TextEncoder().encode('OT-commissioner'))}0b026016`);
    // Two datasets that were set; what scans answer has no words. The end of the session ends the one question whose answer
    // has a number that ours did not give.
    expect(answers.slice(-7)).toEqual(['100101', '100101', '', '', '', '1001ff', undefined]);
    const reports = news.filter((each) => each.kind === 'notification').map((each) => each.path);
    expect(reports).toEqual(['c/er']);
  });

  it('by a one-time passcode: every datagram byte for byte', () => {
    const { sent, news } = replay(oneTime);
    expect(sent.map(toHex)).toEqual(oneTime.payloadsOf('client').map(toHex));
    expect([sent.length, news.length]).toEqual([12, 7]);
  });

  it('by a wrong PSKc: every datagram byte for byte, and what the alert means', () => {
    const { sent, closed } = replay(wrong, 60_000);
    expect(sent.map(toHex)).toEqual(wrong.payloadsOf('client').map(toHex));
    expect([sent.length, closed]).toEqual([3, 'wrong-pskc']);
  });
});

function replay(handshake: CapturedHandshake, wait = 0) {
  const entropy = new ReplayedEntropy(drawsOfClient(handshake), poolsOf(handshake));
  const passphrase = Secret.of(handshake.passphraseOf('client'));
  const access = new ExternalAccess({ core: nativeCore, entropy, borderAgent: agent, passphrase }, 0);
  const [sent, news]: [Uint8Array[], NetworkNews[]] = [[], []];
  let closed: unknown;
  const take = (output: ExternalAccessOutput<{ key: string }>): void => {
    if (output.kind === 'transmit') sent.push(output.payload);
    if (output.kind === 'news') news.push(output.news);
    if (output.kind === 'closed') closed = output.error?.details?.['failure'] ?? 'by us';
  };
  const drain = (now: number): void => {
    for (let output = access.poll(now); output !== undefined; output = access.poll(now)) take(output);
  };
  let id = 0;
  for (const { from, payload } of inOurOrder(handshake)) {
    if (from === 'server') access.handle({ kind: 'datagram', payload, from: agent }, 0);
    else {
      const wanted = requestOf(handshake.open('client', payload), id++);
      if (wanted === 'close') access.close(0);
      else if (wanted !== undefined) access.handle({ kind: 'wanted', request: wanted }, 0);
    }
    drain(0);
  }
  drain(wait);
  return { sent, news, closed };
}

/**
 * The datagrams with the answer to the petition two answers late: ours asks for the mesh-local prefix when it gets that, and
 * ot-commissioner after two other questions.
 */
function inOurOrder(handshake: CapturedHandshake): readonly HandshakeDatagram[] {
  const isAccepted = ({ from, payload }: HandshakeDatagram): boolean =>
    from === 'server' && toHex(handshake.open('server', payload) ?? new Uint8Array(0)).startsWith('5844');
  const asksPrefix = ({ from, payload }: HandshakeDatagram): boolean =>
    from === 'client' && isPrefixQuestion(handshake.open('client', payload));
  const accepted = handshake.datagrams.find(isAccepted);
  return handshake.datagrams.flatMap((datagram) => {
    if (datagram === accepted) return [];
    return accepted !== undefined && asksPrefix(datagram) ? [accepted, datagram] : [datagram];
  });
}

/** MGMT_ACTIVE_GET for TLV 7: our access to the network asks that by itself. */
function isPrefixQuestion(said: Uint8Array | undefined): boolean {
  return said !== undefined && toHex(said).endsWith('b163026167ff0d0107');
}

/** What a commissioner wanted that said this to its agent. */
function requestOf(said: Uint8Array | undefined, id: number): NetworkRequest | 'close' | undefined {
  if (said === undefined || isPrefixQuestion(said)) return undefined;
  if (toHex(said) === '0100') return 'close';
  const message = readMessage(said);
  const path = message && pathOf(message);
  if (message === undefined || path === undefined) return undefined;
  if (path === 'c/tx') return { kind: 'relay', datagram: decodeRelayed(message.payload)! };
  const { payload } = message;
  if (path !== 'c/ut')
    return path === '' ? undefined : { kind: 'request', id, path, payload, to: { kind: 'agent' }, confirmable: true };
  const { address, payload: inner } = decodeProxied(payload)!;
  const proxied = readMessage(inner)!;
  if (proxied.type !== 'CON') return undefined;
  return {
    kind: 'request',
    id,
    path: pathOf(proxied)!,
    payload: proxied.payload,
    to: { kind: 'node', address },
    confirmable: true,
  };
}

function poolsOf(handshake: CapturedHandshake): readonly Uint8Array[] {
  const plan = new PlannedPools();
  const unit = new Uint8Array(4);
  const peers = new Set<string>();
  for (const payload of handshake.payloadsOf('client')) {
    const message = readMessage(handshake.open('client', payload) ?? new Uint8Array(0));
    if (message === undefined || message.token.length !== 8) continue;
    const path = pathOf(message);
    const outer = [message.token, ...(message.type === 'CON' ? [unit] : [])];
    const proxied = path === 'c/ut' ? decodeProxied(message.payload) : undefined;
    const inner = proxied && readMessage(proxied.payload)!;
    if (inner?.type === 'CON') {
      if (!peers.has(toHex(proxied!.address)))
        plan.draw('proxied', Uint8Array.of(inner.messageId >> 8, inner.messageId));
      peers.add(toHex(proxied!.address));
      plan.draw('proxied', inner.token);
      plan.draw('proxied', unit);
    }
    if (!peers.has('agent')) plan.draw('secured', Uint8Array.of(message.messageId >> 8, message.messageId));
    peers.add('agent');
    for (const bytes of outer) plan.draw('secured', bytes);
  }
  return plan.pools;
}
