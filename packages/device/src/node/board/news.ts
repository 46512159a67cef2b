import { type ErrorCode, errorTable, SelvageError } from '@selvage/core';
import type { HandedProcess } from '@selvage/hardware/node';
import type { JoinStep, Role } from '@selvage/thread';
import { plainError } from '../../firmware/news.js';

/** An error as JSON has it. */
export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** What was started, and how. */
export interface BootedImage {
  readonly slot: number;
  readonly version: string;
  /** Whether it has to confirm itself, or is dropped at the next start. */
  readonly trial: boolean;
  /** SHA-256 of what was measured, in hex. */
  readonly digest: string;
}

/** Where a board is in its mesh. */
export interface MeshPlace {
  readonly role: Role;
  /** Whether it hears only what it polls for. */
  readonly sleepy: boolean;
  /** Its short address; absent while it has none. */
  readonly rloc16?: number;
  /** Where it is reached for as long as it is in this network. */
  readonly address: string;
  /** The extended address of its parent, in hex. */
  readonly parent?: string;
  /** Since it got its power, ms. */
  readonly milliseconds: number;
}

/** What a board tells those who stand before it. */
export type BoardNews =
  /** Its boot ROM has decided; without an image the board stays off. */
  | {
      readonly event: 'boot';
      readonly log: readonly string[];
      readonly image?: BootedImage;
      /** What keeps the firmware in. */
      readonly isolation?: string;
      /** The firmware's process, or the one that confines it. */
      readonly pid?: number;
      /** The lowest security counter of an image that is started. */
      readonly securityCounter: number;
      /** From power-on to the firmware's start, ms. */
      readonly milliseconds: number;
    }
  /** It joins a mesh by its passphrase, and is at this step. */
  | { readonly event: 'joining'; readonly step: JoinStep; readonly network?: string }
  /** It has the network's key: in its vault, and nowhere else. */
  | { readonly event: 'joined'; readonly network: string; readonly milliseconds: number }
  /** Why it has not joined, with the step and the cause in the details; it tries again after so many ms. */
  | { readonly event: 'not-joined'; readonly error: JsonError; readonly again: number }
  /** Its mesh has another network key, channel or PAN id from now on, and it has moved with it. */
  | { readonly event: 'moved'; readonly network: string }
  /** It secures what it sends under the keys of another sequence from now on: its own time was up, or its mesh moved on. */
  | { readonly event: 'key-sequence'; readonly sequence: number }
  /** Its place in its mesh is another one. */
  | ({ readonly event: 'mesh' } & MeshPlace)
  /** Something shows something: the display, the console. */
  | { readonly event: 'shown'; readonly peripheral: string; readonly value: unknown }
  /** A line that the firmware logged. */
  | { readonly event: 'log'; readonly line: string }
  /** The reset button has wiped what the owner left; the board starts anew. */
  | { readonly event: 'wiped' }
  /** The firmware has ended by itself, or was cut off. */
  | { readonly event: 'stopped'; readonly why: string }
  /** The board itself cannot go on. */
  | { readonly event: 'failed'; readonly error: JsonError };

/** The news of a kind. */
export type BoardNewsOf<K extends BoardNews['event']> = Extract<BoardNews, { readonly event: K }>;

/** What is done to a board from outside. */
export type BoardCommand =
  /** Its power comes to its other core as well: the process that is at the other end of its channel. */
  | { readonly do: 'hand'; readonly world: HandedProcess }
  /** The reset button is held until the board has wiped itself. */
  | { readonly do: 'press' }
  /** The power goes, and comes back. */
  | { readonly do: 'power' }
  /** A button, a sensor or a plug of the thing around it. */
  | { readonly do: 'input'; readonly peripheral: string; readonly value: unknown };

/** Reads a line of the secure world's process, which is of the same program. */
export function readBoardNews(line: string): BoardNews {
  return JSON.parse(line) as BoardNews;
}

/** Reads a line of the process that started this one, which is of the same program. */
export function readBoardCommand(line: string): BoardCommand {
  return JSON.parse(line) as BoardCommand;
}

/** An error as those hear of it who are not in this process. */
export function jsonError(error: unknown): JsonError {
  return plainError(error) as unknown as JsonError;
}

/** The error that was told. */
export function revived({ code, message, details, remedy }: JsonError): SelvageError {
  const known = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'internal';
  return new SelvageError(known, message, { details, remedy });
}
