import { decode, encode, type Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { SignatureSchemeValue } from '../../protocol/extensions.js';
import {
  ecdhAnonServerKeyExchange,
  ecdhClientKeyExchange,
  ecdheEcdsaServerKeyExchange,
  serverEcdhParameters,
} from '../../protocol/key-exchange.js';
import { type ClientAgreement, readPublicValue, type ServerOffer } from './agreement.js';

/** The point in ServerECDHParams; curve type and curve are constants of the declaration, which refuses all others. */
function encodeParameters(point: Uint8Array): Uint8Array {
  return encode(serverEcdhParameters, { curveType: 3, namedCurve: 23, point });
}

/** An ephemeral ECDH server half: ECDHE_ECDSA (whose parameters are then signed) and ECDH_anon. */
export function offerEcdhe(core: CryptoCore, entropy: Entropy): ServerOffer {
  const own = core.p256.generateKeyPair(entropy);
  return {
    serverKeyExchange: encodeParameters(own.publicKey),
    agree(body) {
      const { point } = decode(ecdhClientKeyExchange, body, 'clientKeyExchange');
      const premaster = readPublicValue('ClientKeyExchange', () => core.p256.sharedSecret(own.privateKey, point));
      return { premaster, peer: { kind: 'anonymous' } };
    },
  };
}

/** The client half against a point that the caller has authenticated, or that nobody can (ECDH_anon). */
export function agreeEcdhe(core: CryptoCore, entropy: Entropy, serverPoint: Uint8Array): ClientAgreement {
  const own = core.p256.generateKeyPair(entropy);
  const premaster = readPublicValue('ServerKeyExchange', () => core.p256.sharedSecret(own.privateKey, serverPoint));
  own.privateKey.fill(0);
  return {
    premaster,
    peer: { kind: 'anonymous' },
    clientKeyExchange: encode(ecdhClientKeyExchange, { point: own.publicKey }),
  };
}

/** The server's point in an anonymous ServerKeyExchange. */
export function readAnonymousPoint(serverKeyExchange: Uint8Array): Uint8Array {
  return decode(ecdhAnonServerKeyExchange, serverKeyExchange, 'serverKeyExchange').parameters.point;
}

/**
 * The server's point in a signed ServerKeyExchange, after its signature over client_random ‖ server_random ‖ parameters
 * (RFC 8422 §5.4) verified under the key of the server's certificate.
 * @throws SelvageError `decrypt-error` when the signature is not good.
 */
export function readSignedPoint(
  core: CryptoCore,
  serverKeyExchange: Uint8Array,
  publicKey: Uint8Array,
  randoms: Uint8Array,
): Uint8Array {
  const { parameters, signed } = decode(ecdheEcdsaServerKeyExchange, serverKeyExchange, 'serverKeyExchange');
  const content = encode(serverEcdhParameters, parameters);
  const message = new Uint8Array(randoms.length + content.length);
  message.set(randoms);
  message.set(content, randoms.length);
  if (!core.p256.verify(publicKey, hashOf(signed.scheme), message, signed.signature)) {
    throw new SelvageError('decrypt-error', 'the signature of ServerKeyExchange does not verify', {
      remedy: "the server does not hold its certificate's key, or somebody changed the message on its way",
    });
  }
  return parameters.point;
}

/** The hash of a signature scheme. */
export function hashOf(scheme: SignatureSchemeValue): HashAlgorithm {
  switch (scheme) {
    case 'ecdsa_sha256':
      return 'sha256';
    case 'ecdsa_sha384':
      return 'sha384';
    case 'ecdsa_sha512':
      return 'sha512';
    default:
      throw new SelvageError('illegal-parameter', `the peer signed with a scheme nobody offered (${scheme.unknown})`);
  }
}
