import type { Method } from '@selvage/coap';
import { Secret, SelvageError } from '@selvage/core';
import { ocfRequest, type Uuid } from '../../../src/index.js';
import type { Asking, Peer, PeerSessionOf } from '../../device/support/peer.js';
import { beginTransfer } from '../../device/support/transfer.js';
import { named, owner, stranger, World } from '../../device/support/world.js';
import { Arena, never, pairKey, paired } from '../support/arena.js';
import { issued, type Period, periods, type Root, rootOf } from '../support/certified.js';
import type { State, WayIn } from './expected.js';

/** A stranger on its way in: what each of its requests comes to. */
export type Stranger = (method: Method, path: string, asking: Asking) => Promise<string>;

/** A device in a state, and its strangers. */
export interface Scene {
  readonly world: World;
  /** A way in that is open; `undefined`: it leads nowhere. */
  readonly open: (way: WayIn) => Promise<Stranger | undefined>;
  /** The same for one who comes only now. */
  readonly knock: (way: WayIn) => Promise<Stranger | undefined>;
}

const strangerKey = Secret.of(new Uint8Array(16).fill(0xee));

/** Brings a device into a state. Sessions that are to be there in RESET are opened before. */
export async function sceneIn(state: State, ways: readonly WayIn[]): Promise<Scene> {
  if (state === 'RFOTM') return unowned(await new World(`stranger ${state}`).start({ limits: { transfer: never } }));
  const arena = await Arena.open(`stranger ${state}`);
  const { world } = arena;
  const parts = { arena, other: await rootOf(world, 'Other Root') };
  if (state !== 'RESET') {
    if (state !== 'RFNOP') await arena.enter(state);
    const open = (way: WayIn) => enter(way, parts);
    return { world, open, knock: open };
  }
  const before = new Map<WayIn, Stranger | undefined>();
  for (const way of ways) before.set(way, await enter(way, parts));
  await arena.enter('RESET');
  return {
    world,
    open: (way) => Promise.resolve(before.get(way)),
    knock: (way) => enter(way, parts, `${way}, late`),
  };
}

interface Parts {
  readonly arena: Arena;
  readonly other: Root;
}

function unowned(world: World): Scene {
  const open = async (way: WayIn): Promise<Stranger | undefined> => {
    if (way.includes('beside an onboarding connection')) {
      await beginTransfer(world, world.peer(`tool beside ${way}`), 'just-works');
    }
    if (way.startsWith('in the clear')) return inTheClear(world, world.peer(way));
    if (way.startsWith('to the group')) return toTheGroup(world, world.peer(way));
    if (way !== 'anonymous') return undefined;
    return inSession(world, await beginTransfer(world, world.peer(way), 'just-works'));
  };
  return { world, open, knock: open };
}

async function enter(way: WayIn, { arena, other }: Parts, name: string = way): Promise<Stranger | undefined> {
  const { world, root } = arena;
  const peer = world.peer(name);
  const shared = (who: Uuid, key: Secret) => attempt(world, world.openShared(peer, who, key));
  const certified = async (from: Root, validity: Period) => {
    const certificate = await issued(world, from, { kind: 'identity', device: stranger }, { validity });
    return attempt(world, world.openCertified(peer, certificate));
  };
  switch (way) {
    case 'in the clear':
    case 'in the clear, beside an onboarding connection':
      return inTheClear(world, peer);
    case 'to the group':
    case 'to the group, beside an onboarding connection':
      return toTheGroup(world, peer);
    case 'anonymous':
      return attempt(world, world.openTransfer(peer, 'just-works'));
    case 'a key of an identity that nobody knows':
      return shared(stranger, strangerKey);
    case 'the identity of a paired device, and another key':
      return shared(paired, strangerKey);
    case 'the identity of the owner, and the key of a paired device':
      return shared(owner, pairKey);
    case 'the identity of the device itself':
      return shared(named, pairKey);
    case 'a paired device without rights':
      return shared(paired, pairKey);
    case 'a certificate of another authority':
      return certified(other, periods.now);
    case 'a certificate that has expired':
      return certified(root, periods.past);
    case 'a certificate without rights':
      return certified(root, periods.now);
  }
}

async function attempt(world: World, opening: Promise<PeerSessionOf>): Promise<Stranger | undefined> {
  try {
    return inSession(world, await opening);
  } catch (error) {
    if (error instanceof SelvageError && error.code !== 'timed-out') return undefined;
    throw error;
  }
}

function inTheClear(world: World, peer: Peer): Stranger {
  return async (method, path, asking) => (await world.run(peer.ask(world.plain.address, method, path, asking))).code;
}

function inSession(world: World, session: PeerSessionOf): Stranger {
  return async (method, path, asking) => (await world.run(session.ask(method, path, asking))).code;
}

function toTheGroup(world: World, peer: Peer): Stranger {
  return async (method, path, asking) => {
    const request = ocfRequest(method, path, { ...asking, confirmable: false });
    const answers = await world.run(peer.plain.askGroup(world.group.address, request, { listenFor: 3000 }));
    return answers.length === 0 ? 'silence' : answers.map(({ code }) => code).join(' ');
  };
}
