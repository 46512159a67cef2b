import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHandle, nativeCore } from '@selvage/crypto';
import {
  CertificateAuthority,
  type CertificateProfile,
  decodePem,
  encodePemChain,
  makeCertificateRequest,
  openCertificateRequest,
  type Validity,
  validFor,
} from '@selvage/pki';
import { credentialUsages, encodings, securityPaths as at, type Uuid } from '../../../src/index.js';
import type { PeerSessionOf } from './peer.js';
import { today, type World } from './world.js';

const day = 86_400_000;

/** A certificate and its key, as a session is opened with them. */
export interface Certified {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
}

/** An owner's authority, or a manufacturer's. */
export class TestAuthority {
  readonly authority: CertificateAuthority;
  readonly #world: World;

  private constructor(world: World, authority: CertificateAuthority) {
    this.#world = world;
    this.authority = authority;
  }

  static async establish(world: World, name = 'Owner Root'): Promise<TestAuthority> {
    const { keys } = world;
    const key = await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const setting = { core: nativeCore, entropy: world.entropy(name), keys, key, store: new MemoryStore() };
    const subject = [['CN', name]] as const;
    const validity = validFor(today - 30 * day, 3650);
    return new TestAuthority(world, await CertificateAuthority.establish(setting, { subject, validity }));
  }

  get root(): Uint8Array {
    return this.authority.certificate.der;
  }

  newKey(): Promise<KeyHandle> {
    return this.#world.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  }

  /** A certificate for a key that the test has. */
  async certify(profile: CertificateProfile, key: KeyHandle, validity = validFor(today, 365)): Promise<Certified> {
    const publicKey = await this.#world.keys.publicKey(key);
    const { chain } = await this.authority.issue(profile, { publicKey, validity });
    return { chain, key };
  }

  /** An identity for the key of a device, by the request that it gives. */
  async certifyDevice(
    pem: string,
    device: Uuid,
    validity: Validity = validFor(today, 365),
  ): Promise<readonly Uint8Array[]> {
    const [request] = decodePem('CERTIFICATE REQUEST', pem) as [Uint8Array];
    const { chain } = await this.authority.issueForRequest({ kind: 'identity', device }, { request, validity });
    return chain;
  }

  /** An identity of another name, for the key of a device: such as no authority that is right makes. */
  async misname(pem: string, device: Uuid): Promise<readonly Uint8Array[]> {
    const [request] = decodePem('CERTIFICATE REQUEST', pem) as [Uint8Array];
    const { publicKey } = openCertificateRequest(nativeCore, request);
    const validity = validFor(today, 365);
    return (await this.authority.issue({ kind: 'identity', device }, { publicKey, validity })).chain;
  }

  /** A request for a device's name, by another key. */
  async foreignRequest(device: Uuid): Promise<string> {
    const key = await this.newKey();
    const der = await makeCertificateRequest([['CN', `uuid:${device}`]], { keys: this.#world.keys, key });
    return `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  }
}

/** A trust anchor as a credential. */
export function anchorCredential(der: Uint8Array, subjectuuid: Uuid | '*' = '*') {
  return { credtype: 8, subjectuuid, credusage: credentialUsages.trustAnchor, publicdata: pem([der]) };
}

/** Certificates as a credential. */
export function certificateCredential(
  chain: readonly Uint8Array[],
  credusage: (typeof credentialUsages)[keyof typeof credentialUsages],
) {
  return { credtype: 8, subjectuuid: '*', credusage, publicdata: pem(chain) };
}

/** What roles are shown by. */
export function roleAssertion(...chains: readonly (readonly Uint8Array[])[]) {
  return { roles: chains.map((chain) => ({ credtype: 8, credusage: credentialUsages.role, publicdata: pem(chain) })) };
}

/** Goes to RFPRO, does something, and goes back to normal operation. */
export async function provision(world: World, session: PeerSessionOf, work: () => Promise<void>): Promise<void> {
  await world.run(session.must(at.pstat, { dos: { s: 2 } }));
  await work();
  await world.run(session.must(at.pstat, { dos: { s: 3 } }));
}

/** Gives a device the owner's anchor and an identity certificate, and rights. */
export async function certifyAndGrant(
  world: World,
  session: PeerSessionOf,
  authority: TestAuthority,
  entries: readonly object[],
): Promise<void> {
  await provision(world, session, async () => {
    await world.run(session.must(at.cred, { creds: [anchorCredential(authority.root)] }));
    const { value } = await world.run(session.get(at.csr));
    const csr = (value as ReadonlyMap<string, string>).get('csr') as string;
    const chain = await authority.certifyDevice(csr, world.device.deviceId);
    await world.run(session.must(at.cred, { creds: [certificateCredential(chain, credentialUsages.identity)] }));
    await world.run(session.must(at.acl2, { aclist2: entries as never }));
  });
}

function pem(chain: readonly Uint8Array[]) {
  return { data: encodePemChain(chain), encoding: encodings.pem };
}
