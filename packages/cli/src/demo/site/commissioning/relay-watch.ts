import { Secret, toHex } from '@selvage/core';
import type { NetworkAccess, NetworkNews, NetworkRequest, RelayedDatagram } from '@selvage/thread';

const universalBit = 0x02;

/** A commissioner's way into the network, and what goes over it to joiners and back. */
export class RelayWatch implements NetworkAccess {
  readonly #access: NetworkAccess;
  readonly #routers = new Map<string, number>();
  readonly #keyed = new Set<string>();

  readonly #onKey: (key: Secret) => void;

  /** @param onKey told each key encryption key that leaves */
  constructor(access: NetworkAccess, onKey: (key: Secret) => void) {
    this.#access = access;
    this.#onKey = onKey;
  }

  /** The RLOC16 of the joiner router that a joiner came by last. @param joinerId in hex */
  routerOf(joinerId: string): number | undefined {
    return this.#routers.get(joinerId);
  }

  /** Whether a key encryption key has left for a joiner's router. @param joinerId in hex */
  hasKeyFor(joinerId: string): boolean {
    return this.#keyed.has(joinerId);
  }

  request(request: NetworkRequest): void {
    if (request.kind === 'relay' && request.datagram.kek !== undefined) this.#keyLeaves(request.datagram);
    this.#access.request(request);
  }

  onNews(listener: (news: NetworkNews) => void): void {
    this.#access.onNews((news) => {
      if (news.kind === 'relayed') this.#routers.set(joinerIdOf(news.datagram.interfaceId), news.datagram.locator);
      listener(news);
    });
  }

  #keyLeaves({ interfaceId, kek }: RelayedDatagram): void {
    this.#keyed.add(joinerIdOf(interfaceId));
    if (kek !== undefined) this.#onKey(Secret.of(kek.reveal()));
  }
}

function joinerIdOf(interfaceId: Uint8Array): string {
  const id = interfaceId.slice();
  id[0] = (id[0] as number) ^ universalBit;
  return toHex(id);
}
