import type { Seed } from '@selvage/core/virtual';
import type { JoinFailure, Position } from '@selvage/thread';
import type { JoinSpec } from '../world/device-join.js';
import type { NodeKind } from '../world/node-kind.js';
import type { Beginning } from '../world/world-node.js';

/** A world and what happens in it. All times are milliseconds of virtual time since its beginning. */
export interface Scenario {
  readonly name: string;
  readonly seed: Seed;
  /** When it is over. */
  readonly until: number;
  readonly channel?: number | undefined;
  /** Metres; without it all that have no explicit links hear all. */
  readonly range?: number | undefined;
  /** Probability that a frame is lost, between any two nodes. */
  readonly loss?: number | undefined;
  readonly nodes: readonly ScenarioNode[];
  /** Pairs that hear each other; where there are any, nobody else does. */
  readonly links?: readonly Pair[] | undefined;
  readonly events: readonly ScenarioEvent[];
  readonly expectations: readonly Expectation[];
}

/** Two nodes by name. */
export type Pair = readonly [a: string, b: string];

/** A node, and when it begins to do what. */
export interface ScenarioNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly position?: Position | undefined;
  readonly startsAt: number;
  readonly beginning: Beginning;
  /** Of a sleepy one. */
  readonly pollPeriod?: number | undefined;
  /** Of a router: it is one however many there are. */
  readonly alwaysRoutes?: boolean | undefined;
  /** Of one that has no dataset, but a passphrase. */
  readonly join?: JoinSpec | undefined;
}

/** Something that is done to the world. */
export type ScenarioEvent = { readonly at: number } & Deed;

/** `for` ends it again: the node is started, the loss is what it was. */
export type Deed =
  | { readonly kind: 'kill' | 'powerCut'; readonly node: string; readonly for?: number | undefined }
  | { readonly kind: 'restart' | 'attach' | 'lead' | 'detach'; readonly node: string }
  | { readonly kind: 'move'; readonly node: string; readonly to: Position }
  /** A commissioner petitions at a node. */
  | { readonly kind: 'commission'; readonly node: string }
  /** The commissioner at a node lets devices in; by their own passphrases where none is given. */
  | {
      readonly kind: 'admit';
      readonly nodes: readonly string[];
      readonly by: string;
      readonly passphrase?: string | undefined;
      readonly for?: number | undefined;
    }
  /** It rejects them at JOIN_FIN from then on. */
  | { readonly kind: 'reject'; readonly nodes: readonly string[]; readonly by: string }
  | { readonly kind: 'cutLink' | 'restoreLink'; readonly between: Pair }
  /** Noise on the channel: at all, or around a place. */
  | { readonly kind: 'jam'; readonly for: number; readonly around?: Position | undefined; readonly radius?: number }
  | {
      readonly kind: 'loss';
      readonly loss: number;
      readonly between?: Pair | undefined;
      readonly for?: number | undefined;
    }
  | { readonly kind: 'ping'; readonly from: string; readonly to: string; readonly size: number };

/** Something that must hold at a time, or come to hold within a while after it. */
export type Expectation = { readonly at: number; readonly within: number } & Claim;

/** What may be expected. */
export type Claim =
  /** All that are switched on are in one partition. */
  | { readonly kind: 'onePartition' }
  /** So many pairs, drawn from the seed, reach each other by pings; all of them where `pairs` is undefined. */
  | { readonly kind: 'reachable'; readonly pairs?: number | undefined }
  | { readonly kind: 'role'; readonly node: string; readonly roles: readonly string[] }
  | { readonly kind: 'ping'; readonly from: string; readonly to: string; readonly size: number }
  /** Each has got the network key by its passphrase, and has a place in the network. */
  | { readonly kind: 'joined'; readonly nodes: readonly string[] }
  /** None of them has the network key; `because` is why the last try of each failed. */
  | { readonly kind: 'notJoined'; readonly nodes: readonly string[]; readonly because?: JoinFailure | undefined }
  /** No sender has used a frame counter twice under one key so far. */
  | { readonly kind: 'counters' }
  /** The process holds no more than it did at the first such expectation, but for what running warms up. */
  | { readonly kind: 'memory' };
