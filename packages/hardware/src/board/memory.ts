/**
 * Non-volatile memory inside the chip that can be written over in place: what fuses and counters are modelled in.
 * A write that is interrupted leaves, of the bytes that it wrote to, any of them old and the others new.
 */
export interface Memory {
  /** Length in bytes. */
  readonly size: number;
  /** The bytes from `offset` on; they belong to the caller. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Resolved means durable. @throws SelvageError `store-failed` */
  write(offset: number, bytes: Uint8Array): Promise<void>;
}
