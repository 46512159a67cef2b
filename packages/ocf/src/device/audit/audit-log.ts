import { eventCategories, eventPriorities, type AuditEvent } from '../../security/ael.js';

/** What is logged beside the time. */
export type LoggedEvent = Omit<AuditEvent, 'timestamp'>;

/** Which events are logged; see `ael`. */
export interface AuditFilters {
  readonly category: number;
  readonly priority: number;
}

/** What an event takes beside its texts, bytes. */
const eventOverhead = 32;

/**
 * The last of what happened to a device, in a space of fixed size: a new event takes the place of the oldest, so that
 * whoever makes many of them fills nothing but this.
 */
export class AuditLog {
  readonly maximum: number;
  #events: AuditEvent[];
  #used: number;

  /** @param maximum bytes @param events what is there already, oldest first */
  constructor(maximum: number, events: readonly AuditEvent[] = []) {
    this.maximum = maximum;
    this.#events = [...events];
    this.#used = sum(events);
  }

  /** Oldest first. */
  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  /** Bytes. */
  get used(): number {
    return this.#used;
  }

  /** Logs an event if the filters want it; returns whether they did. @param now wall clock, ms since 1970 */
  add(event: LoggedEvent, filters: AuditFilters, now: number): boolean {
    if ((filters.category & event.category) === 0 || event.priority > filters.priority) return false;
    const logged = { ...event, timestamp: new Date(now).toISOString() };
    const size = sizeOf(logged);
    if (size > this.maximum) return false;
    while (this.#used + size > this.maximum) this.#used -= sizeOf(this.#events.shift() as AuditEvent);
    this.#events.push(logged);
    this.#used += size;
    return true;
  }
}

/** A request that was denied. */
export function accessDenied(details: readonly string[]): LoggedEvent {
  return {
    aeid: 'AC-1',
    category: eventCategories.access,
    priority: eventPriorities.warning,
    message: 'Access Denied',
    auxiliaryinfo: details,
  };
}

/** A handshake that failed. */
export function handshakeFailed(details: readonly string[]): LoggedEvent {
  return {
    aeid: 'AUTH-1',
    category: eventCategories.authentication,
    priority: eventPriorities.error,
    message: 'DTLS handshake failure',
    auxiliaryinfo: details,
  };
}

/** A request for what an interface does not have. */
export function notSupported(details: readonly string[]): LoggedEvent {
  return {
    aeid: 'COMM-1',
    category: eventCategories.communication,
    priority: eventPriorities.warning,
    message: 'Operation not supported',
    auxiliaryinfo: details,
  };
}

function sum(events: readonly AuditEvent[]): number {
  return events.reduce((total, event) => total + sizeOf(event), 0);
}

function sizeOf({ aeid, message, timestamp, auxiliaryinfo }: AuditEvent): number {
  const texts = [aeid, message, timestamp, ...auxiliaryinfo];
  return texts.reduce((total, text) => total + text.length, eventOverhead);
}
