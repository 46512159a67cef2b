import { SelvageError } from '@selvage/core';
import type { MonotonicCounter, SealedFile } from '@selvage/hardware';

/** A sealed store's file in memory, which anybody may read, put back and damage. */
export class VirtualSealedFile implements SealedFile {
  bytes: Uint8Array | undefined;
  /** Called before each change; it may throw. */
  beforeChange: (() => void) | undefined;

  async read(): Promise<Uint8Array | undefined> {
    return this.bytes?.slice();
  }

  async replace(bytes: Uint8Array): Promise<void> {
    this.beforeChange?.();
    this.bytes = bytes.slice();
  }

  async write(bytes: Uint8Array, place: number): Promise<void> {
    this.beforeChange?.();
    if (this.bytes === undefined) throw new SelvageError('internal', 'there is no file yet');
    const whole = new Uint8Array(Math.max(this.bytes.length, place + bytes.length));
    whole.set(this.bytes);
    whole.set(bytes, place);
    this.bytes = whole;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export class VirtualCounter implements MonotonicCounter {
  value = 0;
  beforeAdvance: (() => void) | undefined;

  async read(): Promise<number> {
    return this.value;
  }

  async advance(to: number): Promise<void> {
    this.beforeAdvance?.();
    if (to < this.value) throw new SelvageError('value-out-of-range', `${to} is behind ${this.value}`);
    this.value = to;
  }
}
