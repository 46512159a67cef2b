import type { ResponseCode } from '@selvage/coap';
import { coapCode, SelvageError } from '@selvage/core';

/** Properties that are to change. */
export interface Change {
  readonly path: string;
  /** The new values of those that do. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** What comes of a request to a resource. Nothing has changed until its changes are applied. */
export interface Outcome {
  readonly code: ResponseCode;
  /** The representation that answers it, encoded. */
  readonly payload: Uint8Array | undefined;
  readonly changes: readonly Change[];
  /** Why it is refused, for a log. */
  readonly reason: string | undefined;
  /** Whether who asked may be told of changes. */
  readonly observable: boolean;
}

/** The changes of a request that makes none. */
export const noChanges: readonly Change[] = [];

/** The values that changes give to the resource at a path; of two for one property the later one. */
export function valuesAt(path: string, changes: readonly Change[]): Change['values'] {
  const result: Record<string, unknown> = {};
  for (const change of changes) if (change.path === path) Object.assign(result, change.values);
  return result;
}

/** A representation. */
export function content(payload: Uint8Array, observable: boolean): Outcome {
  return { code: '2.05', payload, changes: noChanges, reason: undefined, observable };
}

/** An update that is to be made. */
export function changed(changes: readonly Change[], payload: Uint8Array | undefined): Outcome {
  return { code: '2.04', payload, changes, reason: undefined, observable: false };
}

/** A refusal. */
export function refusal(code: ResponseCode, reason: string, payload?: Uint8Array): Outcome {
  return { code, payload, changes: noChanges, reason, observable: false };
}

/** The refusal that an error of a peer's making is; any other error is thrown on. */
export function refusalOf(error: unknown): Outcome {
  if (!(error instanceof SelvageError) || error.fault !== 'peer') throw error;
  return refusal(coapCode(error), error.message);
}
