import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import type { CloseReason, DtlsSession } from '@selvage/dtls';
import type { Sink } from '../terminal/surface.js';
import { type DtlsEvent, readable, type Reporter, shown } from './reporter.js';
import { fingerprint } from './trust.js';

/** One JSON object a line, on standard output: for programs. */
export class JsonReporter implements Reporter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  tell(event: DtlsEvent): void {
    this.#sink.write(`${JSON.stringify(plain(event))}\n`);
  }
}

function plain(event: DtlsEvent): object {
  switch (event.event) {
    case 'data': {
      const text = readable(event.data);
      return { event: event.event, peer: event.peer, hex: toHex(event.data), ...(text !== undefined && { text }) };
    }
    case 'session': {
      const { peer, milliseconds } = event;
      return { event: event.event, peer, milliseconds, ...plainSession(event.session) };
    }
    case 'closed':
      return { event: event.event, peer: event.peer, ...plainReason(event.reason) };
    case 'message': {
      const { peer, direction, message } = event;
      const { fields, ...rest } = message;
      return { event: event.event, peer, direction, ...rest, fields: Object.fromEntries(fields) };
    }
    case 'listening':
    case 'connecting':
    case 'warning':
    case 'waiting':
    case 'doubt':
    case 'failed':
      return event;
  }
}

function plainSession(session: DtlsSession): object {
  const { suite, peer, resumed, sessionId, extendedMasterSecret, encryptThenMac } = session;
  return {
    suite: suite.name,
    suiteId: suite.id,
    resumed,
    sessionId: toHex(sessionId),
    extendedMasterSecret,
    encryptThenMac,
    authenticated: plainIdentity(peer),
  };
}

function plainIdentity(peer: DtlsSession['peer']): object {
  switch (peer.kind) {
    case 'anonymous':
    case 'passphrase':
      return { by: peer.kind };
    case 'psk':
      return { by: peer.kind, identity: shown(peer.identity) };
    case 'certificate':
      return { by: peer.kind, certificates: peer.chain.map((entry) => fingerprint(nativeCore, entry)) };
  }
}

function plainReason(reason: CloseReason): object {
  return reason.by === 'error' ? { by: reason.by, error: reason.error } : { by: reason.by };
}
