import { decode, SelvageError } from '@selvage/core';
import type { CipherSuite } from '../protocol/cipher-suites.js';
import type { HandshakeMessage, HandshakeType } from '../protocol/handshake.js';
import { type ServerHello, serverHello, serverHelloDone } from '../protocol/hello.js';
import { type CertificateRequest, certificate, certificateRequest } from '../protocol/key-exchange.js';

/** The server's flight of a full handshake, flight 4 of RFC 6347 §4.2.4, read but not yet believed. */
export interface ServerFlight {
  readonly messages: readonly HandshakeMessage[];
  readonly hello: ServerHello;
  readonly suite: CipherSuite;
  readonly chain: readonly Uint8Array[] | undefined;
  readonly serverKeyExchange: Uint8Array | undefined;
  readonly certificateRequest: CertificateRequest | undefined;
}

interface Place {
  readonly type: HandshakeType;
  readonly required: boolean;
}

/** What may follow ServerHello, in order, for a suite (RFC 5246 §7.3, RFC 4279 §2, RFC 8422 §2). */
function placesOf(suite: CipherSuite): readonly Place[] {
  const signed = suite.keyExchange === 'ecdhe-ecdsa';
  return [
    ...(signed ? [{ type: 'certificate', required: true } as const] : []),
    { type: 'server_key_exchange', required: suite.keyExchange !== 'psk' },
    ...(signed ? [{ type: 'certificate_request', required: false } as const] : []),
    { type: 'server_hello_done', required: true },
  ];
}

/**
 * Reads the messages of the flight so far, for one of the suites that were offered. Returns the flight once ServerHelloDone is there, `undefined` before.
 * @throws SelvageError `unexpected-message` for a message out of its place, `decode-error` and the like for a bad one.
 */
export function readServerFlight(
  messages: readonly HandshakeMessage[],
  offered: readonly CipherSuite[],
): ServerFlight | undefined {
  const [first, ...rest] = messages;
  if (first === undefined) return undefined;
  if (first.type !== 'server_hello') throw unexpected(first, 'ServerHello');
  const hello = decode(serverHello, first.body, 'serverHello');
  const suite = offered.find(({ id }) => id === hello.cipherSuite);
  if (suite === undefined) throw notOffered(hello);

  const found = inPlace(rest, placesOf(suite));
  const done = found.get('server_hello_done');
  if (done === undefined) return undefined;
  decode(serverHelloDone, done, 'serverHelloDone');
  const chain = found.get('certificate');
  const request = found.get('certificate_request');
  return {
    messages,
    hello,
    suite,
    chain: chain && decode(certificate, chain, 'certificate').chain,
    serverKeyExchange: found.get('server_key_exchange'),
    certificateRequest: request && decode(certificateRequest, request, 'certificateRequest'),
  };
}

/** Matches messages with their places; returns their bodies by type. */
function inPlace(messages: readonly HandshakeMessage[], places: readonly Place[]): Map<HandshakeType, Uint8Array> {
  const found = new Map<HandshakeType, Uint8Array>();
  let place = 0;
  for (const message of messages) {
    while (places[place] !== undefined && places[place]?.type !== message.type && !places[place]?.required) place++;
    const expected = places[place];
    if (expected === undefined || expected.type !== message.type) {
      throw unexpected(message, expected?.type ?? 'nothing more');
    }
    found.set(expected.type, message.body);
    place++;
  }
  return found;
}

export function notOffered(hello: ServerHello): SelvageError {
  return new SelvageError(
    'illegal-parameter',
    `the server chose cipher suite 0x${hello.cipherSuite.toString(16).padStart(4, '0')}, which was not offered`,
  );
}

/** Whether an error says that a message came where it does not belong. */
export function isOutOfPlace(error: unknown): boolean {
  return error instanceof SelvageError && error.code === 'unexpected-message';
}

/** The error for a message that does not belong where it came. */
export function unexpected(message: HandshakeMessage, expected: string): SelvageError {
  const type = typeof message.type === 'string' ? message.type : `handshake type ${message.type.unknown}`;
  return new SelvageError('unexpected-message', `${type} came where ${expected} belongs`);
}
