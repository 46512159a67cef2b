import { type ErrorDetails, SelvageError } from '@selvage/core';

/** Which of the two slots. */
export type SlotIndex = 0 | 1;

/** What the boot ROM found, decided or refused. */
export interface BootLogEntry {
  readonly outcome: 'noted' | 'refused';
  /** The slot that it is about; undefined for the board itself. */
  readonly slot?: SlotIndex | undefined;
  /** What was asked: `life-cycle`, `fuse-count`, `signature`, `security-counter`, … */
  readonly check: string;
  /** A sentence for people, with the values. */
  readonly message: string;
  /** The values: what was expected and found, as the check has it. */
  readonly details: ErrorDetails;
}

/** Writes a boot log. */
export class BootLog {
  readonly entries: BootLogEntry[] = [];

  note(check: string, message: string, { slot, ...details }: ErrorDetails & { readonly slot?: SlotIndex } = {}): void {
    this.entries.push({ outcome: 'noted', check, message, details, ...(slot !== undefined && { slot }) });
  }

  /** Notes why something was refused. */
  refuse(error: SelvageError, slot?: SlotIndex): void {
    const { code, details = {}, message } = error;
    const { check = code, ...values } = details;
    this.entries.push({
      outcome: 'refused',
      check: String(check),
      message,
      details: { code, ...values },
      ...(slot !== undefined && { slot }),
    });
  }
}

/** A line for people: `slot 1: refused: …`. */
export function bootLogLine({ outcome, slot, message }: BootLogEntry): string {
  const where = slot === undefined ? 'board' : `slot ${slot}`;
  return outcome === 'refused' ? `${where}: refused: ${message}` : `${where}: ${message}`;
}

/** The error of something refused; a defect of this program goes on its way. */
export function asRefusal(error: unknown): SelvageError {
  if (error instanceof SelvageError) return error;
  throw error;
}
