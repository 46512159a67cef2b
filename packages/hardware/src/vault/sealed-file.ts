/** What a {@link SealedStore} stands on: one file, or a region of a flash, that anybody may read and write. */
export interface SealedFile {
  /** All that is there; undefined where there is nothing yet. */
  read(): Promise<Uint8Array | undefined>;
  /** Puts other bytes in its place, atomically and durably. */
  replace(bytes: Uint8Array): Promise<void>;
  /**
   * Returns when the bytes are durable at their place, over what was there and behind it.
   * @param alone whether nothing else is likely to be asked for meanwhile
   */
  write(bytes: Uint8Array, place: number, alone: boolean): Promise<void>;
  close(): Promise<void>;
}
