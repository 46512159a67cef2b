/** An ordered, reliable stream of bytes between two processes, or between two halves of one. */
export interface ByteStream {
  /** Takes bytes, which are the stream's from now on; false where the other side should first read what is there. */
  write(bytes: Uint8Array): boolean;
  /** Sets the one receiver. The bytes belong to the receiver. */
  onData(receiver: (bytes: Uint8Array) => void): void;
  /** Called once, whichever side closed. */
  onClose(listener: () => void): void;
  /** Called when, after a `write` that returned false, there is room again. */
  onDrain(listener: () => void): void;
  /** What was written still goes out. */
  close(): void;
}
