import { Secret, toHex } from '@selvage/core';
import { decodePem } from '@selvage/pki';
import {
  credentialTypes,
  credentialUsages,
  encodings,
  parseUuid,
  readCsr,
  securityPaths as at,
  type Uuid,
} from '../../../src/index.js';
import type { Peer, PeerSessionOf } from '../../device/support/peer.js';
import { own } from '../../device/support/transfer.js';
import { named, owner, World } from '../../device/support/world.js';
import { chainCredential, periods, type Root, rootOf, trustIn } from './certified.js';

/** A device that shares a key with the one under attack, and has no rights. */
export const paired: Uuid = parseUuid('9a9a9a9a-0000-4000-8000-000000000099');
export const pairKey = Secret.of(new Uint8Array(16).fill(0x9a));

/** The numbers of the states, as requests have them. */
export const stateNumbers = { RESET: 0, RFOTM: 1, RFPRO: 2, RFNOP: 3, SRESET: 4 } as const;

/** So long a time that what waits for it does not happen in a test, ms. */
export const never = 1e12;

/** An owned device with keys, certificates and entries; its owner; and an authority that it trusts. */
export class Arena {
  readonly world: World;
  readonly ownerKey: Secret;
  readonly root: Root;
  readonly ownerPeer: Peer;
  /** The owner's session. */
  session: PeerSessionOf;

  private constructor(world: World, parts: Pick<Arena, 'ownerKey' | 'root' | 'ownerPeer' | 'session'>) {
    this.world = world;
    this.ownerKey = parts.ownerKey;
    this.root = parts.root;
    this.ownerPeer = parts.ownerPeer;
    this.session = parts.session;
  }

  /**
   * In RFNOP, with an identity certificate, a trusted root, a key shared with {@link paired}, and `/open` readable by
   * everybody as far as entries go. A reset that is asked for stays pending.
   */
  static async open(seed: string): Promise<Arena> {
    const world = await new World(seed).start({ limits: { resetDelay: never } });
    const ownerPeer = world.peer('owner');
    const { session: onboarding, key: ownerKey } = await own(world, ownerPeer);
    onboarding.close();
    await world.pass(10);
    const session = await world.openShared(ownerPeer, owner, ownerKey);
    const arena = new Arena(world, { ownerKey, root: await rootOf(world, 'Owner Root'), ownerPeer, session });
    await arena.enter('RFPRO');
    await arena.#provision();
    await arena.enter('RFNOP');
    return arena;
  }

  /** Has the owner bring the device into a state. */
  async enter(state: keyof typeof stateNumbers): Promise<void> {
    await this.world.run(this.session.must(at.pstat, { dos: { s: stateNumbers[state] } }));
  }

  async #provision(): Promise<void> {
    const { world, session, root } = this;
    const { csr } = readCsr((await world.run(session.get(at.csr))).value);
    const [request] = decodePem('CERTIFICATE REQUEST', csr);
    const profile = { kind: 'identity', device: named } as const;
    const { chain } = await root.authority.issueForRequest(profile, {
      request: request ?? new Uint8Array(0),
      validity: periods.now,
    });
    const pair = {
      credtype: credentialTypes.symmetricPairwise,
      subjectuuid: paired,
      privatedata: { data: pairKey.reveal(), encoding: encodings.raw },
    };
    const creds = [trustIn(root), chainCredential(chain, credentialUsages.identity), pair];
    await world.run(session.must(at.cred, { creds }));
    const entry = { subject: { conntype: 'anon-clear' }, resources: [{ href: '/open' }], permission: 2 };
    await world.run(session.must(at.acl2, { aclist2: [entry] }));
  }
}

/** All that a device keeps, but for its audit log: what a stranger must not change. */
export async function durable({ store, keyStore }: World): Promise<string> {
  const parts: string[] = [];
  for (const one of [store, keyStore]) {
    for (const name of await one.names()) {
      if (name !== 'audit') parts.push(`${name}=${toHex((await one.get(name)) ?? new Uint8Array(0))}`);
    }
  }
  return parts.join('\n');
}
