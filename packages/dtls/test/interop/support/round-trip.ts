import { type Codec, concat, decode, encode, struct, toHex } from '@selvage/core';
import { ecjpakeKeyKp, ecjpakeKeyKpPairList, serverEcjpakeParams } from '@selvage/crypto';
import { expect } from 'vitest';
import { readFragments } from '../../../src/handshake/reassembly.js';
import { alert } from '../../../src/protocol/alerts.js';
import type { CipherSuite } from '../../../src/protocol/cipher-suites.js';
import { handshakeFragmentHeader, type HandshakeMessage, wholeMessage } from '../../../src/protocol/handshake.js';
import { clientHello, findExtension, helloVerifyRequest, serverHello } from '../../../src/protocol/hello.js';
import {
  certificate,
  certificateRequest,
  certificateVerify,
  ecdhAnonServerKeyExchange,
  ecdhClientKeyExchange,
  ecdheEcdsaServerKeyExchange,
  ecdhePskClientKeyExchange,
  ecdhePskServerKeyExchange,
  pskClientKeyExchange,
  pskServerKeyExchange,
} from '../../../src/protocol/key-exchange.js';
import { record } from '../../../src/protocol/record.js';
import { recordsOf } from '../../support/wire-records.js';

/** A datagram's records, and what is in the clear in them, decode and encode again to the same bytes. */
export function expectRoundTrip(datagram: Uint8Array): void {
  const records = recordsOf(datagram);
  expect(toHex(concat(...records.map((entry) => encode(record, entry))))).toBe(toHex(datagram));
  for (const { type, epoch, fragment } of records.filter((entry) => entry.epoch === 0)) {
    if (type === 'handshake') expect(toHex(encodedFragments(fragment)), `epoch ${epoch}`).toBe(toHex(fragment));
    if (type === 'alert') expect(toHex(roundTrip(alert, fragment))).toBe(toHex(fragment));
    if (type === 'change_cipher_spec') expect(toHex(fragment)).toBe('01');
  }
}

/** A message that went through its codec, its body through the body's own. */
export function roundTripMessage(message: HandshakeMessage, suite: CipherSuite): Uint8Array {
  const { body, ...header } = decode(wholeMessage, message.raw);
  return encode(wholeMessage, { ...header, body: roundTripBody(message, suite, body) });
}

function encodedFragments(payload: Uint8Array): Uint8Array {
  return concat(
    ...readFragments(payload).map(({ fragment, ...header }) =>
      concat(encode(handshakeFragmentHeader, header), fragment),
    ),
  );
}

function roundTripBody({ type }: HandshakeMessage, suite: CipherSuite, body: Uint8Array): Uint8Array {
  switch (type) {
    case 'client_hello':
      expectRoundOne(findExtension(decode(clientHello, body), 'ecjpake_key_kp_pair')?.value);
      return roundTrip(clientHello, body);
    case 'server_hello':
      expectRoundOne(findExtension(decode(serverHello, body), 'ecjpake_key_kp_pair')?.value);
      return roundTrip(serverHello, body);
    case 'hello_verify_request':
      return roundTrip(helloVerifyRequest, body);
    case 'certificate':
      return roundTrip(certificate, body);
    case 'certificate_request':
      return roundTrip(certificateRequest, body);
    case 'certificate_verify':
      return roundTrip(certificateVerify, body);
    case 'server_key_exchange':
      return keyExchanges[suite.keyExchange].server(body);
    case 'client_key_exchange':
      return keyExchanges[suite.keyExchange].client(body);
    case 'server_hello_done':
      return roundTrip(struct({}), body);
    default:
      return expect.fail(`${JSON.stringify(type)} has no place in the clear`);
  }
}

/** Decodes and encodes the body of a key exchange. */
type RoundTrip = (body: Uint8Array) => Uint8Array;

const keyExchanges: Record<CipherSuite['keyExchange'], { readonly server: RoundTrip; readonly client: RoundTrip }> = {
  ecjpake: { server: through(serverEcjpakeParams), client: through(ecjpakeKeyKp) },
  'ecdhe-ecdsa': { server: through(ecdheEcdsaServerKeyExchange), client: through(ecdhClientKeyExchange) },
  psk: { server: through(pskServerKeyExchange), client: through(pskClientKeyExchange) },
  'ecdhe-psk': { server: through(ecdhePskServerKeyExchange), client: through(ecdhePskClientKeyExchange) },
  'ecdh-anon': { server: through(ecdhAnonServerKeyExchange), client: through(ecdhClientKeyExchange) },
};

function through<T>(codec: Codec<T>): RoundTrip {
  return (body) => roundTrip(codec, body);
}

function expectRoundOne(roundOne: Uint8Array | undefined): void {
  if (roundOne !== undefined) expect(toHex(roundTrip(ecjpakeKeyKpPairList, roundOne))).toBe(toHex(roundOne));
}

function roundTrip<T>(codec: Codec<T>, bytes: Uint8Array): Uint8Array {
  return encode(codec, decode(codec, bytes));
}
