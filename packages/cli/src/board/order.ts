import type { Uuid } from '@selvage/ocf';

/** Values of a resource, as JSON has them. */
export type JsonValues = Readonly<Record<string, unknown>>;

/** What a device is told to do by hand, as by the finger on a switch, or by whoever sets it up. */
export type OrderContents =
  /** A value is changed at the device itself. */
  | { readonly do: 'set'; readonly device: string; readonly path: string; readonly values: JsonValues }
  /** From now on what changes in a resource of the device is passed on to the same one of another. */
  | { readonly do: 'link'; readonly device: string; readonly path: string; readonly to: Uuid }
  /** The device asks another something, as its client. */
  | {
      readonly do: 'ask';
      readonly device: string;
      readonly to: Uuid;
      readonly method: 'GET' | 'POST';
      readonly path: string;
      readonly values?: JsonValues | undefined;
    }
  /** The device takes an image into the slot that it does not run from, a piece at a time; it starts with the next power. */
  | {
      readonly do: 'update';
      readonly device: string;
      readonly at: number;
      readonly total: number;
      readonly hex: string;
    };

/** What came of a request that one device made to another. */
export interface Asked {
  /** The answer's code, such as `2.04`. */
  readonly code: string;
  readonly values: unknown;
  /** By what the one who answered proved to be the one that was meant. */
  readonly proof: string;
  /** From the request to the answer, with finding the device and opening a session where there was none. */
  readonly milliseconds: number;
}
