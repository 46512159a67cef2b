import type { Instant } from '@selvage/core';
import type { LinkQuality } from './mesh-routes.js';

/** A router that we have a link with. */
export interface RouterLink {
  readonly routerId: number;
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly version: number;
  /** Of its frames here, and of ours there. */
  qualityIn: LinkQuality;
  qualityOut: LinkQuality;
  /** When it advertised last. */
  heardAt: Instant;
  readonly since: Instant;
}

/** Where a node is among the routers. */
export interface MeshPosition {
  readonly rloc16: number;
  readonly leaderRouterId: number;
  /** Of a child: all that it sends goes through it. */
  readonly parent?: { readonly rloc16: number; readonly quality: LinkQuality } | undefined;
}

/** What a change of the set of router ids did. */
export interface IdChange {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}
