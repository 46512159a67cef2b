import { decodeCbor, encodeCbor, FormatError, SelvageError, type Store } from '@selvage/core';
import { integer, listOf, optional, record, text, type Uuid, type Valued } from '@selvage/ocf';

const note = record({
  /** What this site calls it. */
  name: optional(text({ minimum: 1, maximum: 64 })),
  /** What it is, such as `light`. */
  kind: optional(text()),
  /** Who may do what with it, as its list was when it was read last. */
  access: optional(listOf(record({ aceid: integer(), who: text(), rights: text() }))),
});

/** What people want to know of a device without asking it. */
export type DeviceNote = Valued<typeof note>;

/** What a site notes of its devices, beside what the onboarding tool keeps. */
export class DeviceNotes {
  readonly #store: Store;
  readonly #notes: Map<string, DeviceNote>;

  private constructor(store: Store, notes: Map<string, DeviceNote>) {
    this.#store = store;
    this.#notes = notes;
  }

  /** @throws SelvageError `store-failed`. */
  static async open(store: Store): Promise<DeviceNotes> {
    const notes = new Map<string, DeviceNote>();
    for (const device of await store.names()) {
      const value = await store.get(device);
      if (value !== undefined) notes.set(device, readNote(device, value));
    }
    return new DeviceNotes(store, notes);
  }

  get(device: Uuid): DeviceNote {
    return this.#notes.get(device) ?? {};
  }

  /** Adds to what is noted. @throws SelvageError `store-failed`. */
  async add(device: Uuid, more: DeviceNote): Promise<void> {
    const value = { ...this.get(device), ...more };
    await this.#store.put(device, encodeCbor(note.write(value)));
    this.#notes.set(device, value);
  }

  /** Forgets the devices that are not among these. @throws SelvageError `store-failed`. */
  async keepOnly(devices: readonly Uuid[]): Promise<void> {
    const gone = [...this.#notes.keys()].filter((device) => !(devices as readonly string[]).includes(device));
    for (const device of gone) {
      await this.#store.delete(device);
      this.#notes.delete(device);
    }
  }
}

function readNote(device: string, value: Uint8Array): DeviceNote {
  try {
    return note.read(decodeCbor(value));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('store-failed', `what is noted of device ${device} is damaged`, { cause });
  }
}
