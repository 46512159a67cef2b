import { SelvageError } from '../errors/error.js';
import type { Fields, StructCodec } from './struct.js';

/** Where a field lies, in bytes from the start of its struct. */
export interface FieldSlot {
  readonly offset: number;
  readonly length: number;
}

/** The slots of a struct's fields of fixed size. */
export type Layout<F extends Fields> = {
  readonly [K in keyof F as F[K] extends { readonly size: number } ? K : never]: FieldSlot;
};

/**
 * Where the fields of a struct's fixed-size prefix lie, so that a hot path reads them without decoding.
 * A fixed-size field behind one of variable size has no fixed place: asking for it throws `invalid-argument`.
 */
export function layout<F extends Fields>(codec: StructCodec<F>): Layout<F> {
  const slots = {};
  let offset: number | undefined = 0;
  for (const [name, field] of Object.entries(codec.fields)) {
    const length: number | undefined = field.size;
    if (offset === undefined || length === undefined) {
      offset = undefined;
      Object.defineProperty(slots, name, { get: () => refuse(name) });
    } else {
      Object.defineProperty(slots, name, { value: { offset, length }, enumerable: true });
      offset += length;
    }
  }
  return slots as Layout<F>;
}

function refuse(name: string): never {
  throw new SelvageError('invalid-argument', `the field ${name} has no fixed place in its struct`);
}
