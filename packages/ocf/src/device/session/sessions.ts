import { Alarm, type Clock, type PeerAddress } from '@selvage/core';
import { peerOf } from './authentication.js';
import type { PeerSession } from './peer-session.js';

/** What a device's sessions live by. */
export interface SessionsOptions {
  readonly clock: Clock;
  /** A session that was not heard of for so long is closed, ms. */
  readonly idle: number;
  /** Open sessions, at most, of all peers together and of one. */
  readonly sessions: number;
  readonly sessionsPerPeer: number;
}

/**
 * The open sessions of a device. One alarm watches over all of them. There is always room for one more: a peer that
 * opens many loses those that it uses least, and so does the device where many peers do, so that nobody keeps its
 * owner out.
 */
export class Sessions<Address extends PeerAddress> {
  readonly #options: SessionsOptions;
  readonly #sessions = new Set<PeerSession<Address>>();
  readonly #alarm: Alarm;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#closeIdle());
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(session: PeerSession<Address>): void {
    const { sessions, sessionsPerPeer } = this.#options;
    const own = [...this.#sessions].filter((one) => isOfOnePeer(one, session));
    if (own.length >= sessionsPerPeer) leastHeard(own)?.close();
    if (this.#sessions.size >= sessions - 1) leastHeard(this.#sessions)?.close();
    this.#sessions.add(session);
    if (!this.#alarm.isSet) this.#alarm.set(session.lastHeard + this.#options.idle);
    session.onClosed(() => {
      this.#sessions.delete(session);
      if (this.#sessions.size === 0) this.#alarm.set(undefined);
    });
  }

  /** Closes those of which a reason is found; all, where none is asked for. */
  close(which: (session: PeerSession<Address>) => boolean = () => true): void {
    for (const session of [...this.#sessions]) if (which(session)) session.close();
  }

  #closeIdle(): void {
    const { clock, idle } = this.#options;
    const now = clock.now();
    this.close(({ lastHeard }) => lastHeard + idle <= now);
    const next = Math.min(...[...this.#sessions].map(({ lastHeard }) => lastHeard + idle));
    if (this.#sessions.size > 0) this.#alarm.set(next);
  }
}

function isOfOnePeer(some: PeerSession, other: PeerSession): boolean {
  const peer = peerOf(some.authentication);
  return peer !== undefined && peer === peerOf(other.authentication);
}

/** The session that was not heard of for longest. */
function leastHeard<Address extends PeerAddress>(
  sessions: Iterable<PeerSession<Address>>,
): PeerSession<Address> | undefined {
  let least: PeerSession<Address> | undefined;
  for (const one of sessions) if (least === undefined || one.lastHeard < least.lastHeard) least = one;
  return least;
}
