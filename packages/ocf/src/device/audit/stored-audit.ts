import { Alarm, type Clock, decodeCbor, encodeCbor, SelvageError, type Store } from '@selvage/core';
import { listOf } from '../../property/list.js';
import { auditEvent } from '../../security/ael.js';
import { AuditLog } from './audit-log.js';

/** Where the events are in the device's store. */
export const auditName = 'audit';
/** Events of so long a time, ms, are written together: a stranger who is refused must not wear the medium out. */
const gathering = 1000;
const maximum = 4096;
const events = listOf(auditEvent);

/**
 * Keeps a device's audit log in its store, a moment behind: nothing is acknowledged on its account. A log that cannot
 * be read is begun anew.
 */
export class StoredAudit {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  #log: AuditLog;
  #writing: Promise<void> = Promise.resolve();

  private constructor(store: Store, clock: Clock, log: AuditLog) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#alarm = new Alarm(clock, () => this.#write());
  }

  /** @throws SelvageError `store-failed` */
  static async open(store: Store, clock: Clock): Promise<StoredAudit> {
    const value = await store.get(auditName);
    return new StoredAudit(store, clock, new AuditLog(maximum, value && read(value)));
  }

  get log(): AuditLog {
    return this.#log;
  }

  /** Has the log written before long. */
  touched(): void {
    if (!this.#alarm.isSet) this.#alarm.set(this.#clock.now() + gathering);
  }

  /** Forgets all events; when it resolves, nothing is written any more but what is logged from now on. */
  async forget(): Promise<void> {
    this.#alarm.set(undefined);
    this.#log = new AuditLog(maximum);
    await this.#writing;
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    if (this.#alarm.isSet) {
      this.#alarm.set(undefined);
      this.#write();
    }
    await this.#writing;
  }

  #write(): void {
    const value = encodeCbor(events.write(this.#log.events));
    // An audit log that could not be written is tried again with the next event.
    this.#writing = this.#writing.then(() => this.#store.put(auditName, value)).catch(() => undefined);
  }
}

function read(value: Uint8Array) {
  try {
    return events.read(decodeCbor(value));
  } catch (error) {
    if (error instanceof SelvageError) return [];
    throw error;
  }
}
