import { type Instant, toHex } from '@selvage/core';
import type { ResumableSession, SessionCache } from '../connection/session.js';

/**
 * A server's sessions in memory: the newest up to a number, each for a time. A session that is resumed lives no longer
 * for it (RFC 5246 §F.1.4 advises 24 hours at most).
 */
export class MemorySessionCache implements SessionCache {
  readonly #sessions = new Map<string, { readonly session: ResumableSession; readonly until: Instant }>();
  readonly #capacity: number;
  readonly #lifetime: number;

  /** @param options.lifetime in ms; default one hour. @param options.capacity default 1000 sessions. */
  constructor(options: { readonly capacity?: number; readonly lifetime?: number } = {}) {
    this.#capacity = options.capacity ?? 1000;
    this.#lifetime = options.lifetime ?? 3_600_000;
  }

  get size(): number {
    return this.#sessions.size;
  }

  get(sessionId: Uint8Array, now: Instant): ResumableSession | undefined {
    const key = toHex(sessionId);
    const entry = this.#sessions.get(key);
    if (entry !== undefined && entry.until > now) return entry.session;
    this.#forget(key);
    return undefined;
  }

  put(session: ResumableSession, now: Instant): void {
    const key = toHex(session.sessionId);
    this.#forget(key);
    this.#sessions.set(key, { session, until: now + this.#lifetime });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > this.#capacity && oldest !== undefined) this.#forget(oldest);
  }

  delete(sessionId: Uint8Array): void {
    this.#forget(toHex(sessionId));
  }

  #forget(key: string): void {
    this.#sessions.get(key)?.session.masterSecret.fill(0);
    this.#sessions.delete(key);
  }
}
