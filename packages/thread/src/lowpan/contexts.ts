import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';

/** A prefix that both ends know by number, so that it need not be sent (RFC 6282 §3.1). */
export interface LowpanContext {
  /** 0 to 15; 0 is the mesh-local prefix. */
  readonly id: number;
  readonly prefix: Ip6Prefix;
  /** False for a context that is on its way out: what was compressed with it is still read. */
  readonly compress: boolean;
}

const contextCount = 16;
const meshLocal = 0;
/** A prefix below 64 bits leaves bits of an address that nothing carries: they must be zero. */
const prefixBits = 64;

/** The contexts of a node: the mesh-local prefix, and what network data says. */
export class ContextTable {
  readonly #contexts: (LowpanContext | undefined)[] = new Array<undefined>(contextCount).fill(undefined);
  #compressing: readonly LowpanContext[] = [];

  /** Context 0 is this prefix from now on. */
  setMeshLocal(prefix: Ip6Prefix): void {
    this.#contexts[meshLocal] = { id: meshLocal, prefix, compress: true };
    this.#update();
  }

  /** Replaces contexts 1 to 15 by what network data says; others are ignored. */
  setNetworkData(contexts: Iterable<LowpanContext>): void {
    this.#contexts.fill(undefined, 1);
    for (const context of contexts) {
      if (context.id > meshLocal && context.id < contextCount) this.#contexts[context.id] = context;
    }
    this.#update();
  }

  /** The context of a number, whether it may be compressed with or not. */
  byId(id: number): LowpanContext | undefined {
    return this.#contexts[id];
  }

  /** The context with the longest prefix of an address, among those that may be compressed with. */
  forAddress(address: Uint8Array): LowpanContext | undefined {
    for (const context of this.#compressing) {
      if (hasPrefix(address, context.prefix) && hasNoOtherBits(address, context.prefix)) return context;
    }
    return undefined;
  }

  /** Longest first; of equal ones the mesh-local prefix. */
  #update(): void {
    const known = this.#contexts.filter((context) => context?.compress === true) as LowpanContext[];
    this.#compressing = known.sort((a, b) => b.prefix.length - a.prefix.length || a.id - b.id);
  }
}

function hasNoOtherBits(address: Uint8Array, { address: prefix, length }: Ip6Prefix): boolean {
  // The bytes of the prefix behind its length are zero.
  for (let i = length >> 3; i < prefixBits >> 3; i++) if (address[i] !== prefix[i]) return false;
  return true;
}
