import type { Uuid } from '@selvage/ocf';

/** Values of a resource, as JSON has them. */
export type JsonValues = Readonly<Record<string, unknown>>;

/** What the devices' process is told to do: by hand, as the finger on a switch, or as whoever sets a device up. */
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
    };

/** An order with the number that its answer bears. */
export type Order = OrderContents & { readonly order: number };

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

/** Reads an order. It comes from the process that started this one, which is of the same program. */
export function readOrder(line: string): Order {
  return JSON.parse(line) as Order;
}
