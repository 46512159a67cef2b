import { decode, SelvageError } from '@selvage/core';
import type { HandshakeMessage, HandshakeType } from '../protocol/handshake.js';
import { certificate, certificateVerify } from '../protocol/key-exchange.js';
import { unexpected } from './server-flight.js';

/** The client's second flight before ChangeCipherSpec, flight 5 of RFC 6347 §4.2.4, read but not yet believed. */
export interface ClientFlight {
  readonly messages: readonly HandshakeMessage[];
  /** `undefined` when no certificate was asked for, empty when the client has none. */
  readonly chain: readonly Uint8Array[] | undefined;
  readonly clientKeyExchange: Uint8Array;
  readonly verify: ReturnType<typeof readVerify> | undefined;
}

/**
 * Reads the messages so far: [Certificate] ClientKeyExchange [CertificateVerify]. Returns the flight once it is whole.
 * @throws SelvageError `unexpected-message` for a message out of its place, `decode-error` and the like for a bad one.
 */
export function readClientFlight(messages: readonly HandshakeMessage[], asked: boolean): ClientFlight | undefined {
  const rest = [...messages];
  const take = (type: HandshakeType): HandshakeMessage | undefined => {
    const [first] = rest;
    if (first === undefined) return undefined;
    if (first.type !== type) throw unexpected(first, type);
    return rest.shift();
  };
  const sent = asked ? take('certificate') : undefined;
  if (asked && sent === undefined) return undefined;
  const chain = sent && decode(certificate, sent.body, 'certificate').chain;
  const keyExchange = take('client_key_exchange');
  if (keyExchange === undefined) return undefined;
  const signs = chain !== undefined && chain.length > 0;
  const verify = signs ? take('certificate_verify') : undefined;
  if (signs && verify === undefined) return undefined;
  const [extra] = rest;
  if (extra !== undefined) throw unexpected(extra, 'ChangeCipherSpec');
  return { messages, chain, clientKeyExchange: keyExchange.body, verify: verify && readVerify(verify) };
}

function readVerify(message: HandshakeMessage) {
  return decode(certificateVerify, message.body, 'certificateVerify').signed;
}

/** The error for a client that was required to show a certificate and has none. */
export function certificateRequired(): SelvageError {
  return new SelvageError('handshake-failure', 'the client shows no certificate, and one is required here', {
    remedy: 'give the client a certificate with its key',
  });
}
