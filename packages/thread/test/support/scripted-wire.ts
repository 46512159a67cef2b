import { fromHex, toHex } from '@selvage/core';
import { HdlcDecoder, hdlcFrame } from '@selvage/thread';
import type { SpinelWire } from '@selvage/thread/node';

/** A frame of an exchange: to the co-processor, or from it. Hexadecimal of the spinel frame, without HDLC. */
export type ExchangedFrame = readonly [direction: 'to' | 'from', frame: string];

/** Keeps what passes on a wire. */
export class RecordingWire implements SpinelWire {
  readonly frames: ExchangedFrame[] = [];
  readonly #wire: SpinelWire;
  readonly #written = new HdlcDecoder();
  readonly #read = new HdlcDecoder();

  constructor(wire: SpinelWire) {
    this.#wire = wire;
  }

  write(bytes: Uint8Array): void {
    for (const frame of this.#written.take(bytes)) this.frames.push(['to', toHex(frame)]);
    this.#wire.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#wire.onBytes((bytes) => {
      for (const frame of this.#read.take(bytes)) this.frames.push(['from', toHex(frame)]);
      listener(bytes);
    });
  }

  onClose(listener: (reason: string) => void): void {
    this.#wire.onClose(listener);
  }

  close(): void {
    this.#wire.close();
  }
}

/** A co-processor that says what one said once, if it is told what that was told. */
export class ReplayedWire implements SpinelWire {
  /** What it was told otherwise. */
  readonly differences: string[] = [];
  readonly #frames: ExchangedFrame[];
  readonly #decoder = new HdlcDecoder();
  #listener: ((bytes: Uint8Array) => void) | undefined;

  constructor(frames: readonly ExchangedFrame[]) {
    this.#frames = [...frames];
  }

  /** Frames that were not exchanged yet. */
  get left(): number {
    return this.#frames.length;
  }

  write(bytes: Uint8Array): void {
    for (const frame of this.#decoder.take(bytes)) {
      const [direction, expected] = this.#frames.shift() ?? ['to', 'nothing'];
      if (direction !== 'to' || expected !== toHex(frame)) this.differences.push(`${toHex(frame)}, not ${expected}`);
    }
    queueMicrotask(() => this.#speak());
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    queueMicrotask(() => this.#speak());
  }

  onClose(): void {}

  close(): void {
    this.#listener = undefined;
  }

  #speak(): void {
    while (this.#frames[0]?.[0] === 'from') {
      const [, frame] = this.#frames.shift()!;
      this.#listener?.(hdlcFrame(fromHex(frame)));
    }
  }
}

/** Knows whether all that was asked on a wire has been answered. */
export class AnsweredWire implements SpinelWire {
  readonly #wire: SpinelWire;
  readonly #written = new HdlcDecoder();
  readonly #read = new HdlcDecoder();
  readonly #asked = new Set<number>();
  #waiting: (() => void)[] = [];

  constructor(wire: SpinelWire) {
    this.#wire = wire;
  }

  /** Calls back as soon as nothing is without an answer. */
  whenAnswered(callback: () => void): void {
    this.#waiting.push(callback);
    this.#look();
  }

  write(bytes: Uint8Array): void {
    for (const frame of this.#written.take(bytes)) this.#asked.add(frame[0]! & 0x0f);
    this.#wire.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#wire.onBytes((bytes) => {
      for (const frame of this.#read.take(bytes)) this.#asked.delete(frame[0]! & 0x0f);
      listener(bytes);
      this.#look();
    });
  }

  onClose(listener: (reason: string) => void): void {
    this.#wire.onClose(listener);
  }

  close(): void {
    this.#asked.clear();
    this.#look();
    this.#wire.close();
  }

  #look(): void {
    if (this.#asked.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/** Asks only when another wire has its answers: what two processes are told is done in the order in which it was said. */
export class WireAfter implements SpinelWire {
  readonly #wire: SpinelWire;
  readonly #other: AnsweredWire;

  constructor(wire: SpinelWire, other: AnsweredWire) {
    this.#wire = wire;
    this.#other = other;
  }

  write(bytes: Uint8Array): void {
    this.#other.whenAnswered(() => this.#wire.write(bytes));
  }

  onBytes(listener: (bytes: Uint8Array) => void): void {
    this.#wire.onBytes(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#wire.onClose(listener);
  }

  close(): void {
    this.#wire.close();
  }
}
