import { describe, expectTypeOf, it } from 'vitest';
import {
  type Decoded,
  type Unknown,
  type UnknownVariant,
  bytes,
  constant,
  decode,
  enumeration,
  fromHex,
  layout,
  list,
  nested,
  opaque,
  optionalTail,
  struct,
  tlvSet,
  u16,
  u64,
  u8,
  variant,
} from '@selvage/core';

// What is compared here is checked by the compiler: `tsc` fails where a type is inferred otherwise.
describe('the type of a declaration', () => {
  const color = enumeration(u8, { red: 1, green: 2 });

  it('is inferred for a struct, with optional fields where they may be absent', () => {
    const codec = struct({ a: u8, b: list(u16, u64), c: constant(u8, 3), d: optionalTail(opaque(u8)) });
    expectTypeOf(decode(codec, fromHex('01 0000 03'))).toEqualTypeOf<{
      readonly a: number;
      readonly b: readonly bigint[];
      readonly c: 3;
      readonly d?: Uint8Array | undefined;
    }>();
  });

  it('is the names or a number for an enumeration', () => {
    expectTypeOf<Decoded<typeof color>>().toEqualTypeOf<'red' | 'green' | Unknown>();
  });

  it('is a union told apart by type for a variant', () => {
    const codec = variant(color, { red: u8, green: bytes(2) }, { body: (inner) => nested(u8, inner) });
    expectTypeOf<Decoded<typeof codec>>().toEqualTypeOf<
      | { readonly type: 'red'; readonly value: number }
      | { readonly type: 'green'; readonly value: Uint8Array }
      | UnknownVariant
    >();
    const value = decode(codec, fromHex('010107'));
    if (value.type === 'red') expectTypeOf(value.value).toEqualTypeOf<number>();
    if (value.type === 'unknown') expectTypeOf(value.tag).toEqualTypeOf<number>();
  });

  it('refuses a case that the tag does not list', () => {
    // @ts-expect-error mauve is no color
    variant(color, { mauve: u8 });
  });

  it('gives layout the fields of fixed size only', () => {
    const slots = layout(struct({ a: u8, s: struct({ b: u16 }), v: opaque(u8) }));
    expectTypeOf(slots).toHaveProperty('a');
    expectTypeOf(slots).toHaveProperty('s');
    expectTypeOf(slots).not.toHaveProperty('v');
  });

  it('is inferred for the TLVs of a set', () => {
    const set = tlvSet({ channel: [0, u16], key: [5, bytes(16)] });
    const entries = set.decode.length === 1 ? decode(set, fromHex('00020015')) : [];
    expectTypeOf(set.first(entries, 'channel')).toEqualTypeOf<number | undefined>();
    expectTypeOf(set.first(entries, 'key')).toEqualTypeOf<Uint8Array | undefined>();
  });
});
