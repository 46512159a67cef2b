import { ByteReader, encode, SelvageError } from '@selvage/core';
import { type AlertName, encodeAlert } from '../protocol/alerts.js';
import { handshakeFragmentHeader, handshakeMessage } from '../protocol/handshake.js';
import { type ClientHelloHead, clientHelloHead, helloVerifyRequest } from '../protocol/hello.js';
import { ContentType, dtls10, dtls12, record, recordHeaderLength, recordLayout } from '../protocol/record.js';

/** The start of a ClientHello, as far as a server reads it without keeping anything. */
export interface ClientHelloProbe {
  readonly head: ClientHelloHead;
  readonly recordSequence: number;
}

/** Whether a datagram starts with a handshake record in the clear: the only kind that can hold a ClientHello. */
export function startsInTheClear(datagram: Uint8Array): boolean {
  const { type, epoch } = recordLayout;
  return (
    datagram.length >= recordHeaderLength &&
    datagram[type.offset] === ContentType.handshake &&
    datagram[epoch.offset] === 0 &&
    datagram[epoch.offset + 1] === 0
  );
}

/** Reads the ClientHello, or its first fragment, at the start of a datagram; `undefined` when there is none. */
export function probeClientHello(datagram: Uint8Array): ClientHelloProbe | undefined {
  try {
    const reader = new ByteReader(datagram);
    const { fragment, sequence } = record.decode(reader);
    const handshake = new ByteReader(fragment);
    const header = handshakeFragmentHeader.decode(handshake);
    if (header.type !== 'client_hello' || header.fragmentOffset !== 0) return undefined;
    return { head: clientHelloHead.decode(handshake.sub(header.fragmentLength)), recordSequence: sequence };
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

/**
 * The datagram that asks a client to come back with the cookie, RFC 6347 §4.2.1: its record carries the number of the
 * client's, and its version is DTLS 1.0 so that every client can read it.
 */
export function cookieRequest(probe: ClientHelloProbe, cookie: Uint8Array): Uint8Array {
  const body = encode(helloVerifyRequest, { version: dtls10, cookie });
  const { raw } = handshakeMessage('hello_verify_request', 0, body);
  return encode(record, {
    type: 'handshake',
    version: dtls10,
    epoch: 0,
    sequence: probe.recordSequence,
    fragment: raw,
  });
}

/**
 * The datagram that tells a client that there is nothing to shake hands about; its record has the client's number too.
 */
export function handshakeRefusal({ recordSequence: sequence }: ClientHelloProbe, why: AlertName): Uint8Array {
  const fragment = encodeAlert('fatal', why);
  return encode(record, { type: 'alert', version: dtls12, epoch: 0, sequence, fragment });
}
