import type { ByteStream } from './byte-stream.js';

const nothing = (): void => undefined;

/** One end of a pair of streams in this process: what is written arrives in a later microtask. */
class MemoryStream implements ByteStream {
  peer!: MemoryStream;
  #data: (bytes: Uint8Array) => void = nothing;
  #close: () => void = nothing;
  #isClosed = false;

  write(bytes: Uint8Array): boolean {
    const { peer } = this;
    if (!this.#isClosed) queueMicrotask(() => peer.#receive(bytes));
    return true;
  }

  onData(receiver: (bytes: Uint8Array) => void): void {
    this.#data = receiver;
  }

  onClose(listener: () => void): void {
    this.#close = listener;
  }

  onDrain(): void {
    // There is always room in memory: channels bound what they have under way.
  }

  close(): void {
    const { peer } = this;
    queueMicrotask(() => {
      this.#end();
      peer.#end();
    });
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#isClosed) this.#data(bytes);
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#close();
  }
}

/** Two ends of a stream inside this process. */
export function memoryStreams(): readonly [ByteStream, ByteStream] {
  const [a, b] = [new MemoryStream(), new MemoryStream()];
  a.peer = b;
  b.peer = a;
  return [a, b];
}
