import { Secret } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { bytesEqual } from '@selvage/core';
import { SelvageError } from '@selvage/core';
import {
  type CipherSuite,
  type CipherSuiteName,
  cipherSuites,
  type DtlsConfiguration,
  MemorySessionCache,
  type ResumableSession,
} from '../../../src/index.js';
import { authority, clientCertificate, serverCertificate } from '../../support/certificates.js';
import { allSuites, configuration, psk, pskIdentity, signWithTestKey } from '../../support/configurations.js';
import { Duel, type DuelLink, type DuelOptions } from '../../support/duel.js';
import { connectionIdLength } from './wire.js';

/** One kind of handshake that the adversary attacks. */
export interface Scenario {
  readonly name: string;
  readonly suite: CipherSuiteName;
  readonly keyExchange: CipherSuite['keyExchange'];
  readonly resumes: boolean;
  readonly usesConnectionIds: boolean;
}

/** A full handshake of every suite, one that resumes, and one with connection IDs. */
export const scenarios: readonly Scenario[] = [
  ...allSuites.map((suite) => scenario(suite, suite)),
  { ...scenario('resumption', 'TLS_PSK_WITH_AES_128_CCM_8'), resumes: true },
  { ...scenario('connection-ids', 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256'), usesConnectionIds: true },
];

function scenario(name: string, suite: CipherSuiteName): Scenario {
  const { keyExchange } = cipherSuites[suite];
  return { name, suite, keyExchange, resumes: false, usesConnectionIds: false };
}

/** A duel under attack, and the master secrets that each side came to. */
export interface Fight {
  readonly duel: Duel;
  readonly masterSecrets: { readonly client: Uint8Array[]; readonly server: Uint8Array[] };
}

/** Sets up a scenario's handshake on a link. Both sides ask all that the suite can prove: mutual certificates. */
export function fight(of: Scenario, link: DuelLink, changes: Partial<DuelOptions> = {}): Fight {
  const masterSecrets = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  const shared: Partial<DtlsConfiguration> = { handshakeTimeout: 20_000, maximumDatagram: 8192 };
  const server = {
    ...configuration('server', [of.suite], shared),
    core: listeningCore(masterSecrets.server),
    clientAuthentication: 'require' as const,
    ...(of.resumes && { sessionCache: cacheWith(earlierSession) }),
  };
  const client = {
    ...configuration('client', [of.suite], shared),
    core: listeningCore(masterSecrets.client),
    ...(of.resumes && { resume: { ...earlierSession, masterSecret: earlierSession.masterSecret.slice() } }),
  };
  server.credentials = { ...server.credentials, keyForIdentity: knownIdentity };
  const duel = new Duel({
    client,
    server,
    link,
    sign: signWithTestKey,
    judge: trustTestCertificates,
    ...(of.usesConnectionIds && {
      clientConnectionId: new Uint8Array(connectionIdLength).fill(0xc1),
      endpoint: { connectionIdLength },
    }),
    ...changes,
  });
  return { duel, masterSecrets };
}

const earlierSession: ResumableSession = {
  sessionId: new Uint8Array(32).fill(0x5e),
  suiteId: cipherSuites.TLS_PSK_WITH_AES_128_CCM_8.id,
  masterSecret: new Uint8Array(48).fill(0x3a),
  extendedMasterSecret: true,
  peer: { kind: 'psk', identity: pskIdentity },
};

function cacheWith(session: ResumableSession): MemorySessionCache {
  const cache = new MemorySessionCache();
  cache.put({ ...session, masterSecret: session.masterSecret.slice() }, 0);
  return cache;
}

function knownIdentity(identity: Uint8Array): Secret | undefined {
  return bytesEqual(identity, pskIdentity) ? Secret.of(psk) : undefined;
}

/** Trusts the two test chains, byte for byte: stands for a judge that finds any change of a certificate. */
export const trustTestCertificates: NonNullable<DuelOptions['judge']> = (chain, side) => {
  const expected = [(side === 'client' ? serverCertificate : clientCertificate).certificate, authority.certificate];
  const accepted =
    chain.length === 2 && chain.every((entry, index) => bytesEqual(entry, expected[index] ?? new Uint8Array(0)));
  if (accepted) return { accepted };
  return { accepted, error: new SelvageError('bad-certificate', 'not a certificate of the tests') };
};

/** A core that tells which master secrets are derived through it. */
function listeningCore(masterSecrets: Uint8Array[]): CryptoCore {
  return {
    ...nativeCore,
    tlsPrf(algorithm, secret, label, seed, length) {
      const output = nativeCore.tlsPrf(algorithm, secret, label, seed, length);
      if (label.endsWith('master secret')) masterSecrets.push(output.slice());
      return output;
    },
  };
}
