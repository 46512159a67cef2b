import { type CborInput, type CborMap, type CborValue, type Entropy } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type CryptoCore, type KeyHandle, type KeyHome } from '@selvage/crypto';
import {
  CertificateAuthority,
  decodePem,
  encodePem,
  encodePemChain,
  readCertificate,
  rolesOf,
  validFor,
} from '@selvage/pki';
import { credentialUsages } from '../../../src/index.js';

/** What certificates are made with. */
export interface CertificateWorld {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly keys: KeyHome;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A certificate of ours, its key at `keys`. */
export interface Certified {
  readonly chain: readonly Uint8Array[];
  readonly key: KeyHandle;
}

/** Whom a certificate is for: the key of its last request, or one that the test holds. */
export interface Holder {
  readonly device: string;
  readonly key?: KeyHandle | undefined;
}

/**
 * Stands in for the root of the reference's tool, whose private key nobody has: what it issued for the keys of captured
 * devices is issued for the keys of ours instead, with the same profile and the same roles.
 */
export class StandInAuthority {
  readonly root: CertificateAuthority;
  readonly #world: CertificateWorld;
  /** The request of each device, as it last gave it. */
  readonly #requests = new Map<string, Uint8Array>();

  private constructor(world: CertificateWorld, root: CertificateAuthority) {
    this.#world = world;
    this.root = root;
  }

  static async establish(world: CertificateWorld): Promise<StandInAuthority> {
    const key = await world.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const subject = [
      ['C', 'US'],
      ['O', 'OCF'],
      ['CN', 'IoTivity-Lite OBT Root'],
    ] as const;
    const setting = { ...world, key, store: new MemoryStore() };
    return new StandInAuthority(
      world,
      await CertificateAuthority.establish(setting, { subject, validity: validFor(world.now, 1000) }),
    );
  }

  /** An identity or roles for a client that the test plays. */
  async certify(profile: Parameters<CertificateAuthority['issue']>[0], key: KeyHandle): Promise<Certified> {
    const publicKey = await this.#world.keys.publicKey(key);
    const { chain } = await this.root.issue(profile, { publicKey, validity: validFor(this.#world.now, 365) });
    return { chain, key };
  }

  /** Hears what a device asks to have certified. */
  learnRequest(device: string, pem: string): void {
    const [request] = decodePem('CERTIFICATE REQUEST', pem);
    if (request !== undefined) this.#requests.set(device, request);
  }

  /** The body of an update of credentials or roles, with certificates of ours in place of the captured ones. */
  async replaced(body: CborValue, holder: Holder): Promise<CborInput> {
    if (!(body instanceof Map)) return body;
    const map = body as CborMap;
    const list = map.has('creds') ? 'creds' : 'roles';
    const credentials = map.get(list);
    if (!Array.isArray(credentials)) return map;
    const replaced = await Promise.all(credentials.map((one: CborMap) => this.#credential(one, holder)));
    return new Map<string | number, CborInput>([...map, [list, replaced]]);
  }

  async #credential(credential: CborMap, holder: Holder): Promise<CborInput> {
    const publicdata = credential.get('publicdata');
    if (!(publicdata instanceof Map)) return credential;
    const captured = publicdata as CborMap;
    const [usage, pem] = [credential.get('credusage'), captured.get('data')];
    if (typeof pem !== 'string') return credential;
    const data = await this.#pem(usage, pem, holder);
    return new Map<string | number, CborInput>([
      ...credential,
      ['publicdata', new Map<string | number, CborInput>([...captured, ['data', data]])],
    ]);
  }

  async #pem(usage: CborValue, captured: string, { device, key }: Holder): Promise<string> {
    if (usage === credentialUsages.trustAnchor) return encodePem('CERTIFICATE', this.root.certificate.der);
    const request = this.#requests.get(device);
    const [theirs] = decodePem('CERTIFICATE', captured);
    if (theirs === undefined) return captured;
    const roles = rolesOf(readCertificate(theirs));
    const profile =
      roles === undefined ? { kind: 'identity' as const, device } : { kind: 'role' as const, device, roles };
    if (key !== undefined) return encodePemChain((await this.certify(profile, key)).chain);
    if (request === undefined) return captured;
    const validity = validFor(this.#world.now, 365);
    return encodePemChain((await this.root.issueForRequest(profile, { request, validity })).chain);
  }
}
