import { type ErrorCode, errorTable, SelvageError } from '@selvage/core';
import type { DeviceKind, DeviceStateName, TransferMethod, Uuid } from '@selvage/ocf';
import type { Asked, JsonValues } from './order.js';

/** An error as JSON has it. */
export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/** A device as it was when it was started. */
export interface RunningDevice {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly device: Uuid;
  readonly state: DeviceStateName;
  readonly methods: readonly TransferMethod[];
}

/** What the devices' process tells. */
export type DeviceNews =
  | { readonly event: 'running'; readonly pid: number; readonly devices: readonly RunningDevice[] }
  | { readonly event: 'pin'; readonly name: string; readonly pin: string }
  | {
      readonly event: 'state';
      readonly name: string;
      readonly state: DeviceStateName;
      readonly before: DeviceStateName;
      readonly device: Uuid;
      /** Absent while nobody owns it. */
      readonly owner?: Uuid;
    }
  | { readonly event: 'changed'; readonly name: string; readonly path: string; readonly values: JsonValues }
  | { readonly event: 'denied'; readonly name: string; readonly method: string; readonly path: string; peer?: Uuid }
  | { readonly event: 'handshake-failed'; readonly name: string; readonly from: string; readonly error: JsonError }
  /** A linked device passed a change on. */
  | ({
      readonly event: 'sent';
      readonly name: string;
      readonly to: Uuid;
      readonly path: string;
      readonly sent: JsonValues;
      readonly error?: JsonError;
    } & Partial<Asked>)
  | { readonly event: 'answer'; readonly order: number; readonly result?: object; readonly error?: JsonError }
  | { readonly event: 'failed'; readonly name?: string; readonly error: JsonError };

/** The news of a kind. */
export type NewsOf<K extends DeviceNews['event']> = Extract<DeviceNews, { readonly event: K }>;

/** Reads a line of the devices' process, which is of the same program. */
export function readNews(line: string): DeviceNews {
  return JSON.parse(line) as DeviceNews;
}

/** The error that was told. */
export function revived({ code, message, details, remedy }: JsonError): SelvageError {
  const known = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'internal';
  return new SelvageError(known, message, { details, remedy });
}
