import { type CborValue, FormatError } from '@selvage/core';
import { anything, integer, mapOf, oneOf, optional, record, text, type Uuid, uuid, type Valued } from '@selvage/ocf';

const methods = ['GET', 'POST'] as const;

/** What the thing around a device has it do: the finger on a switch, or whoever sets it up. */
const shapes = {
  /** A value is changed at the device itself. */
  set: record({ order: integer(), do: oneOf(['set']), path: text(), values: anything }),
  /** From now on what changes in a resource of the device is passed on to the same one of another. */
  link: record({ order: integer(), do: oneOf(['link']), path: text(), to: uuid }),
  /** The device asks another something, as its client. */
  ask: record({
    order: integer(),
    do: oneOf(['ask']),
    to: uuid,
    method: oneOf(methods),
    path: text(),
    values: optional(anything),
  }),
  /** The device takes a piece of an image, in hex, for the slot that it does not run from; the last one makes it whole. */
  update: record({ order: integer(), do: oneOf(['update']), at: integer(), total: integer(), hex: text() }),
} as const;

/** An order; its answer bears its number. */
export type Order = Valued<(typeof shapes)[keyof typeof shapes]>;
/** That of a kind. */
export type OrderTo<K extends Order['do']> = Extract<Order, { readonly do: K }>;

/** What a device asks of another as its client. */
export interface Question {
  readonly to: Uuid;
  readonly method: (typeof methods)[number];
  readonly path: string;
  readonly values?: CborValue | undefined;
}

/** @throws FormatError `invalid-value` */
export function readOrder(value: CborValue): Order {
  const kind = mapOf(value).get('do');
  if (typeof kind === 'string' && Object.hasOwn(shapes, kind)) return shapes[kind as keyof typeof shapes].read(value);
  throw new FormatError('invalid-value', 'it orders nothing that a device can do');
}
