import { SelvageError } from '@selvage/core';

/** Bytes of the largest value that is carried in parts. */
export const longestTransfer = 8_388_608;
/** How many can be open at a time: the oldest is dropped for one more. */
const most = 4;

/** Values that do not fit a frame, while they are read or written in parts. */
export class Transfers {
  readonly #open = new Map<number, Uint8Array>();
  #last = 0;

  /** @throws SelvageError `payload-too-large` */
  begin(length: number): number {
    if (length > longestTransfer) {
      throw new SelvageError('payload-too-large', `${length} bytes where ${longestTransfer} are carried at most`);
    }
    return this.#add(new Uint8Array(length));
  }

  /** @param value becomes the transfer's own */
  offer(value: Uint8Array): number {
    return this.#add(value);
  }

  /** @throws SelvageError `value-out-of-range`, `wrong-state`, as all below */
  write(transfer: number, offset: number, bytes: Uint8Array): void {
    const value = this.#find(transfer);
    if (offset + bytes.length > value.length) throw outside(offset + bytes.length, value.length);
    value.set(bytes, offset);
  }

  read(transfer: number, offset: number, length: number): Uint8Array {
    const value = this.#find(transfer);
    if (offset > value.length) throw outside(offset, value.length);
    return value.slice(offset, offset + length);
  }

  /** What was carried, which is the caller's from now on. */
  take(transfer: number): Uint8Array {
    const value = this.#find(transfer);
    this.#open.delete(transfer);
    return value;
  }

  #add(value: Uint8Array): number {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= most && oldest !== undefined) this.take(oldest).fill(0);
    this.#last = (this.#last + 1) >>> 0;
    this.#open.set(this.#last, value);
    return this.#last;
  }

  #find(transfer: number): Uint8Array {
    const value = this.#open.get(transfer);
    if (value) return value;
    throw new SelvageError('wrong-state', `there is no transfer ${transfer}, or it was dropped for others`);
  }
}

function outside(end: number, length: number): SelvageError {
  return new SelvageError('value-out-of-range', `byte ${end} of a transfer of ${length}`);
}
