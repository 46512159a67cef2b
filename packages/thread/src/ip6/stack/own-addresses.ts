import { isLinkLocal, isMulticast, multicastScope, multicastScopes } from '../address/classes.js';
import { sameIp6 } from '../address/equal.js';
import { commonPrefixLength } from '../address/prefix.js';
import { locatorOf } from '../address/thread-address.js';

/** What one of a node's unicast addresses is. */
export type OwnAddressKind =
  | 'link-local'
  /** Mesh-local prefix and a random identifier: the node's own for as long as it is in the network. */
  | 'mesh-local'
  /** Mesh-local prefix and RLOC16: changes with the node's place in the mesh. */
  | 'rloc'
  /** Mesh-local prefix and the locator of a role: others may have it tomorrow, so that it is never a source. */
  | 'aloc'
  /** In a prefix of network data. */
  | 'on-mesh';

/** A unicast address of a node. */
export interface OwnAddress {
  readonly address: Uint8Array;
  readonly kind: OwnAddressKind;
  /** No longer a source of anything new; false by default. */
  readonly deprecated?: boolean;
}

const prefixLength = 64;

/** A node's addresses: what it answers to, and as whom it speaks. */
export class OwnAddresses {
  #unicast: readonly OwnAddress[] = [];
  #groups: readonly Uint8Array[] = [];

  get unicast(): readonly OwnAddress[] {
    return this.#unicast;
  }

  get groups(): readonly Uint8Array[] {
    return this.#groups;
  }

  set(addresses: readonly OwnAddress[]): void {
    this.#unicast = [...addresses];
  }

  join(group: Uint8Array): void {
    if (!this.hasGroup(group)) this.#groups = [...this.#groups, group];
  }

  leave(group: Uint8Array): void {
    this.#groups = this.#groups.filter((other) => !sameIp6(other, group));
  }

  find(address: Uint8Array): OwnAddress | undefined {
    for (const own of this.#unicast) if (sameIp6(own.address, address)) return own;
    return undefined;
  }

  hasGroup(group: Uint8Array): boolean {
    for (const own of this.#groups) if (sameIp6(own, group)) return true;
    return false;
  }

  /** Whether a packet to this address is for this node. */
  has(address: Uint8Array): boolean {
    return isMulticast(address) ? this.hasGroup(address) : this.find(address) !== undefined;
  }

  /**
   * The source of a packet to an address (RFC 6724 §5, as Thread narrows it): on the link the link-local address,
   * to a locator our own, else the address that has most in common with it.
   */
  sourceFor(destination: Uint8Array): Uint8Array | undefined {
    if (staysOnLink(destination)) return this.#ofKind('link-local');
    if (isMulticast(destination) && multicastScope(destination) === multicastScopes.realmLocal) {
      return this.#ofKind('mesh-local') ?? this.#ofKind('rloc');
    }
    const rloc = this.#ofKind('rloc');
    if (rloc !== undefined && isLocatorOfSameMesh(destination, rloc)) return rloc;
    return this.#closest(destination) ?? rloc;
  }

  #closest(destination: Uint8Array): Uint8Array | undefined {
    let best: OwnAddress | undefined;
    let bestScore = -1;
    for (const own of this.#unicast) {
      if (own.kind === 'link-local' || own.kind === 'rloc' || own.kind === 'aloc') continue;
      const common = commonPrefixLength(own.address, destination);
      // Mesh-local is of the realm's scope: nobody beyond could answer (RFC 6724 §5, rule 2).
      const isBeyondScope = own.kind === 'mesh-local' && common < prefixLength;
      // Our own address speaks for itself; a deprecated one only where there is no other.
      const score = common + (isBeyondScope ? 0 : own.deprecated === true ? 256 : 512);
      if (score > bestScore) [best, bestScore] = [own, score];
    }
    return best?.address;
  }

  #ofKind(kind: OwnAddressKind): Uint8Array | undefined {
    for (const own of this.#unicast) if (own.kind === kind) return own.address;
    return undefined;
  }
}

function staysOnLink(address: Uint8Array): boolean {
  if (isMulticast(address)) return multicastScope(address) <= multicastScopes.linkLocal;
  return isLinkLocal(address);
}

function isLocatorOfSameMesh(address: Uint8Array, rloc: Uint8Array): boolean {
  return locatorOf(address) !== undefined && commonPrefixLength(address, rloc) >= 64;
}
