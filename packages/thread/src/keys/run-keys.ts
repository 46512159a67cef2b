import { Alarm, type Clock, SelvageError, type Store } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import type { KeyEvent, KeyInput, KeyOutput } from './key-engine.js';
import type { ThreadKeys } from './thread-keys.js';

/** Where what the keys want is done. */
export interface KeyServices {
  readonly home: KeyHome;
  readonly networkKey: KeyHandle;
  readonly store: Store;
}

/** Does what an output of {@link ThreadKeys} asks for, but an event. */
export async function serveKeys(
  output: Exclude<KeyOutput, { kind: 'event' }>,
  { home, networkKey, store }: KeyServices,
): Promise<KeyInput> {
  const { id } = output;
  try {
    if (output.kind === 'derive') {
      const bytes = await home.derive({ handle: networkKey, derivation: output.derivation });
      return { kind: 'derived', id, bytes };
    }
    await store.put(output.name, output.value);
    return { kind: 'stored', id };
  } catch (error) {
    const known = error instanceof SelvageError ? error : new SelvageError('internal', 'it failed', { cause: error });
    return { kind: 'failed', id, error: known };
  }
}

/** Drives {@link ThreadKeys} on a clock, a key home and a store. */
export class KeyRunner {
  readonly #keys: ThreadKeys;
  readonly #services: KeyServices;
  readonly #clock: Clock;
  readonly #onEvent: (event: KeyEvent) => void;
  readonly #alarm: Alarm;
  #stopped = false;

  constructor(keys: ThreadKeys, services: KeyServices, clock: Clock, onEvent: (event: KeyEvent) => void) {
    this.#keys = keys;
    this.#services = services;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#alarm = new Alarm(clock, () => this.pump());
  }

  /** Drains the keys' outputs: call it after whatever called the keys. */
  pump(): void {
    if (this.#stopped) return;
    for (let output = this.#poll(); output !== undefined; output = this.#poll()) {
      if (output.kind === 'event') this.#onEvent(output.event);
      else void this.#serve(output);
    }
    this.#alarm.set(this.#keys.deadline);
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.set(undefined);
  }

  #poll(): KeyOutput | undefined {
    return this.#keys.poll(this.#clock.now());
  }

  async #serve(output: Exclude<KeyOutput, { kind: 'event' }>): Promise<void> {
    const input = await serveKeys(output, this.#services);
    if (this.#stopped) return;
    this.#keys.handle(input, this.#clock.now());
    this.pump();
  }
}
