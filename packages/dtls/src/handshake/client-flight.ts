import { decode, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { certificatePublicKey } from '../certificate/public-key.js';
import type { HandshakeMessage, HandshakeType } from '../protocol/handshake.js';
import { certificate, certificateVerify } from '../protocol/key-exchange.js';
import { hashOf } from './key-exchange/ecdhe.js';
import type { PeerIdentity } from './peer-identity.js';
import { unexpected } from './server-flight.js';
import type { Transcript } from './transcript.js';

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

/**
 * Who the client is, after its CertificateVerify verified: a signature with its certificate's key over everything said
 * so far (RFC 5246 §7.4.8).
 * @param before the transcript up to ServerHelloDone.
 * @throws SelvageError `decrypt-error` when the signature is not good.
 */
export function verifyPossession(
  core: CryptoCore,
  before: Transcript,
  flight: ClientFlight,
  sent: readonly Uint8Array[],
): Extract<PeerIdentity, { kind: 'certificate' }> {
  const chain = sent.map((entry) => entry.slice());
  const publicKey = certificatePublicKey(chain[0] ?? new Uint8Array(0)).slice();
  const covered = before.with(...flight.messages.slice(0, -1)).bytes();
  const { verify } = flight;
  if (verify === undefined || !core.p256.verify(publicKey, hashOf(verify.scheme), covered, verify.signature)) {
    throw new SelvageError('decrypt-error', 'the signature of CertificateVerify does not verify', {
      remedy: "the client does not hold its certificate's key, or somebody changed a message on its way",
    });
  }
  return { kind: 'certificate', chain, publicKey };
}

/** The error for a client that was required to show a certificate and has none. */
export function certificateRequired(): SelvageError {
  return new SelvageError('handshake-failure', 'the client shows no certificate, and one is required here', {
    remedy: 'give the client a certificate with its key',
  });
}
