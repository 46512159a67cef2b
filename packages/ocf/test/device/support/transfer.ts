import { type Secret } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { ownerKey, securityPaths as at, type TransferMethod, transferMethods } from '../../../src/index.js';
import type { Peer, PeerSessionOf } from './peer.js';
import { named, owner, type World } from './world.js';

/** An owner's session after a transfer, and the key that later sessions are opened with. */
export interface Owned {
  readonly session: PeerSessionOf;
  readonly key: Secret;
}

/** Chooses a method in the clear and opens the onboarding connection. */
export async function beginTransfer(world: World, peer: Peer, method: TransferMethod): Promise<PeerSessionOf> {
  const { number: oxmsel } = transferMethods[method];
  await world.run(peer.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel } }));
  return world.openTransfer(peer, method);
}

/** A request of a transfer, by what it does. */
export interface TransferStep {
  readonly name: string;
  readonly run: (session: PeerSessionOf) => Promise<void>;
}

/** What the reference's tool asks for over the onboarding connection, in its order. */
export const referenceSteps: readonly TransferStep[] = [
  post('operational mode', at.pstat, { om: 4 }),
  post('owner', at.doxm, { devowneruuid: owner }),
  post('device name', at.doxm, { deviceuuid: named }),
  post('owner of doxm', at.doxm, { rowneruuid: owner }),
  post('owner of acl2', at.acl2, { rowneruuid: owner }),
  post('owner of pstat', at.pstat, { rowneruuid: owner }),
  post('owner credential', at.cred, {
    creds: [
      {
        credtype: 1,
        subjectuuid: owner,
        privatedata: { encoding: 'oic.sec.encoding.raw', data: new Uint8Array(0) },
      },
    ],
    rowneruuid: owner,
  }),
  post('security domain', at.sdi, { uuid: owner, name: 'home', priv: false }),
  post('owned', at.doxm, { owned: true }),
  post('RFPRO', at.pstat, { dos: { s: 2 } }),
  {
    name: 'no entries',
    run: async (session) => {
      await session.delete(at.acl2);
    },
  },
  post('entries', at.acl2, {
    aclist2: [
      { subject: { uuid: owner }, resources: [{ href: '/oic/sec/sp' }], permission: 14 },
      { subject: { uuid: owner }, resources: [{ href: '/oic/sec/csr' }], permission: 2 },
      {
        subject: { conntype: 'anon-clear' },
        resources: ['/oic/d', '/oic/p', '/oic/res', '/oic/sec/sdi'].map((href) => ({ href })),
        permission: 2,
      },
    ],
  }),
  post('RFNOP', at.pstat, { dos: { s: 3 } }),
];

/** A whole transfer as the reference's tool makes it; the session stays open. */
export async function own(world: World, peer: Peer, method: TransferMethod = 'just-works'): Promise<Owned> {
  const session = await beginTransfer(world, peer, method);
  for (const step of referenceSteps) await world.run(step.run(session));
  return { session, key: keyOf(session, method) };
}

/** The key that both sides derive. */
export function keyOf(session: PeerSessionOf, method: TransferMethod): Secret {
  return ownerKey(nativeCore, { keyBlock: session.socket.keyBlock(), method, owner, device: named });
}

/** A transfer up to normal operation, and then a session by the owner's key. */
export async function ownedWithKey(world: World, peer: Peer): Promise<Owned> {
  const { session, key } = await own(world, peer);
  session.close();
  await world.pass(10);
  return { session: await world.openShared(peer, owner, key), key };
}

function post(name: string, path: string, value: Parameters<PeerSessionOf['post']>[1]): TransferStep {
  return { name, run: (session) => session.must(path, value) };
}
