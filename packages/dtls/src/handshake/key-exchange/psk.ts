import { decode, encode, type Entropy, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Credentials, PreSharedKey } from '../../connection/configuration.js';
import {
  ecdhePskClientKeyExchange,
  ecdhePskServerKeyExchange,
  pskClientKeyExchange,
  pskServerKeyExchange,
} from '../../protocol/key-exchange.js';
import { type ClientAgreement, pskPremaster, readPublicValue, type ServerOffer } from './agreement.js';

const nothing = new Uint8Array(0);

/** The server half of plain PSK, RFC 4279 §2: ServerKeyExchange is left out where there is no hint. */
export function offerPsk(credentials: Credentials): ServerOffer {
  const { identityHint } = credentials;
  return {
    serverKeyExchange: identityHint && encode(pskServerKeyExchange, { identityHint }),
    agree(body) {
      const { identity } = decode(pskClientKeyExchange, body, 'clientKeyExchange');
      const key = keyOf(credentials, identity);
      return {
        premaster: pskPremaster(new Uint8Array(key.length), key.reveal()),
        peer: { kind: 'psk', identity: identity.slice(), key },
      };
    },
  };
}

/** The server half of ECDHE_PSK, RFC 5489 §2. */
export function offerEcdhePsk(core: CryptoCore, entropy: Entropy, credentials: Credentials): ServerOffer {
  const own = core.p256.generateKeyPair(entropy);
  const parameters = { curveType: 3, namedCurve: 23, point: own.publicKey } as const;
  const identityHint = credentials.identityHint ?? nothing;
  return {
    serverKeyExchange: encode(ecdhePskServerKeyExchange, { identityHint, parameters }),
    agree(body) {
      const { identity, point } = decode(ecdhePskClientKeyExchange, body, 'clientKeyExchange');
      const key = keyOf(credentials, identity);
      const shared = readPublicValue('ClientKeyExchange', () => core.p256.sharedSecret(own.privateKey, point));
      return {
        premaster: pskPremaster(shared, key.reveal()),
        peer: { kind: 'psk', identity: identity.slice(), key },
      };
    },
  };
}

/** The client half of plain PSK. */
export function agreePsk(credentials: Credentials, serverKeyExchange: Uint8Array | undefined): ClientAgreement {
  const hint = serverKeyExchange && decode(pskServerKeyExchange, serverKeyExchange, 'serverKeyExchange').identityHint;
  const { identity, key } = keyForHint(credentials, hint);
  const secret = key.reveal();
  return {
    premaster: pskPremaster(new Uint8Array(secret.length), secret),
    peer: { kind: 'psk', identity: hint?.slice() ?? nothing },
    clientKeyExchange: encode(pskClientKeyExchange, { identity }),
  };
}

/** The client half of ECDHE_PSK. */
export function agreeEcdhePsk(
  core: CryptoCore,
  entropy: Entropy,
  credentials: Credentials,
  serverKeyExchange: Uint8Array,
): ClientAgreement {
  const server = decode(ecdhePskServerKeyExchange, serverKeyExchange, 'serverKeyExchange');
  const { identity, key } = keyForHint(credentials, server.identityHint);
  const own = core.p256.generateKeyPair(entropy);
  const shared = readPublicValue('ServerKeyExchange', () =>
    core.p256.sharedSecret(own.privateKey, server.parameters.point),
  );
  own.privateKey.fill(0);
  return {
    premaster: pskPremaster(shared, key.reveal()),
    peer: { kind: 'psk', identity: server.identityHint.slice() },
    clientKeyExchange: encode(ecdhePskClientKeyExchange, { identity, point: own.publicKey }),
  };
}

function keyOf(credentials: Credentials, identity: Uint8Array): Secret {
  const key = credentials.keyForIdentity?.(identity);
  if (key !== undefined) return key;
  throw new SelvageError('unknown-psk-identity', 'the client named an identity that has no key here', {
    remedy: 'pair the two devices, or correct the identity',
  });
}

function keyForHint(credentials: Credentials, hint: Uint8Array | undefined): PreSharedKey {
  const key = credentials.keyForHint?.(hint);
  if (key !== undefined) return key;
  throw new SelvageError('unknown-psk-identity', 'there is no key for the server that sent this identity hint', {
    remedy: 'pair the two devices first',
  });
}
