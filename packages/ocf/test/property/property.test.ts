import { type CborInput, decodeCbor, encodeCbor, SelvageError } from '@selvage/core';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  anything,
  boolean,
  bytes,
  checked,
  described,
  integer,
  listOf,
  mapped,
  number,
  oneOf,
  optional,
  partial,
  type PropertyType,
  record,
  text,
  textOrBytes,
  uuid,
  uuidOrStar,
  type Valued,
} from '../../src/index.js';

const id = '5040d8b6-2daa-4231-7844-96ef50523357';

/** What a type makes of a value that went over the wire. */
function received<T>(type: PropertyType<T>, value: CborInput): T {
  return type.read(decodeCbor(encodeCbor(value)));
}

/** The message with which a type refuses a value; it must be the peer's fault. */
function refusal(type: PropertyType<unknown>, value: CborInput): string {
  try {
    received(type, value);
  } catch (error) {
    expect(error).toBeInstanceOf(SelvageError);
    expect(error).toMatchObject({ code: 'invalid-value', fault: 'peer' });
    return (error as SelvageError).message;
  }
  return 'accepted';
}

describe('a property type takes what it declares', () => {
  const cases: [string, PropertyType<unknown>, CborInput][] = [
    ['a boolean', boolean, false],
    ['a whole number at its bounds', integer({ minimum: 0, maximum: 100 }), 100],
    ['a whole number that was sent as a float', integer(), 7],
    ['a number', number({ minimum: -273.15 }), -273.15],
    ['text', text({ minimum: 1, maximum: 3, pattern: /^[a-z]+$/ }), 'abc'],
    ['bytes', bytes({ maximum: 2 }), new Uint8Array([1, 2])],
    ['text where bytes may stand too', textOrBytes(), 'abc'],
    ['bytes where text may stand too', textOrBytes(), new Uint8Array([1])],
    ['a listed text', oneOf(['a', 'b']), 'b'],
    ['a listed number', oneOf([1, 8]), 8],
    ['a list', listOf(integer(), { maximum: 2 }), [1, 2]],
    ['a UUID', uuid, id],
    ['a star for a UUID', uuidOrStar, '*'],
    ['anything', anything, null],
  ];
  it.each(cases)('%s', (_, type, value) => {
    expect(received(type, value)).toEqual(value);
    expect(received(type, type.write(value as never))).toEqual(value);
  });

  it('a UUID in capitals, with the trailing NUL of the reference, as 36 characters of lower case', () => {
    expect(received(uuid, `${id.toUpperCase()}\0`)).toBe(id);
    expect(received(uuidOrStar, `${id}\0`)).toBe(id);
  });
});

describe('a property type refuses what it does not declare, and says why', () => {
  const cases: [string, PropertyType<unknown>, CborInput, string][] = [
    ['no boolean', boolean, 1, '1 is not true or false'],
    ['a fraction', integer(), 1.5, '1.5 is not a whole number'],
    ['a number beyond 2^53', integer(), 2n ** 63n, '9223372036854775808 is not a whole number'],
    ['text for a number', integer(), '1', '"1" is not a whole number'],
    ['what is too small', integer({ minimum: 1 }), 0, '0 is below 1'],
    ['what is too large', number({ maximum: 1 }), 1.5, '1.5 is above 1'],
    ['NaN', number(), Number.NaN, 'NaN is not a number'],
    ['infinity', number(), Infinity, 'Infinity is not a number'],
    ['bytes for text', text(), new Uint8Array(3), '3 bytes is not text'],
    ['text that is too long', text({ maximum: 2 }), 'abc', '3 characters where 2 are the most'],
    ['text that is too short', text({ minimum: 1 }), '', '0 characters where 1 are the least'],
    ['text of another form', text({ pattern: /^\d$/ }), 'a', '"a" is not /^\\d$/'],
    ['text for bytes', bytes(), 'a', '"a" is not a byte string'],
    ['too many bytes', bytes({ maximum: 1 }), new Uint8Array(2), '2 bytes where 1 are the most'],
    ['too few bytes', bytes({ minimum: 1 }), new Uint8Array(0), '0 bytes where 1 are the least'],
    ['neither text nor bytes', textOrBytes(), 1, '1 is not a byte string'],
    ['what is not listed', oneOf(['a', 'b']), 'c', '"c" is not one of a, b'],
    ['no list', listOf(integer()), { a: 1 }, 'a map of 1 is not a list'],
    ['too many items', listOf(integer(), { maximum: 1 }), [1, 2], '2 items where 1 are the most'],
    ['too few items', listOf(integer(), { minimum: 1 }), [], '0 items where 1 are the least'],
    ['no UUID', uuid, '5040d8b6', '"5040d8b6" is no UUID'],
    ['a star where a UUID stands', uuid, '*', '"*" is no UUID'],
    ['long text, shortly', uuid, 'x'.repeat(10_000), 'a text of 10000 is no UUID'],
    ['null', boolean, null, 'null is not true or false'],
  ];
  it.each(cases)('%s', (_, type, value, message) => {
    expect(refusal(type, value)).toBe(message);
  });
});

describe('a record', () => {
  const point = record({ x: integer(), y: optional(integer()) });
  const line = record({ name: optional(text()), points: listOf(point) });

  it('reads its properties, those that may be left out included', () => {
    expect(received(line, { points: [{ x: 1 }, { y: 3, x: 2 }] })).toEqual({ points: [{ x: 1 }, { x: 2, y: 3 }] });
  });

  it('has the type that its declaration says', () => {
    expectTypeOf<Valued<typeof point>>().toEqualTypeOf<{ readonly x: number; readonly y?: number | undefined }>();
    expectTypeOf(oneOf(['GET', 'POST'])).toEqualTypeOf<PropertyType<'GET' | 'POST'>>();
  });

  it('names what does not fit by its path', () => {
    expect(refusal(line, { points: [{ x: 1 }, { x: 'a' }] })).toBe('points[1].x: "a" is not a whole number');
    expect(refusal(line, { points: [{ y: 1 }] })).toBe('points[0].x: is missing');
    expect(refusal(line, { points: [5] })).toBe('points[0]: 5 is not a map');
  });

  it('refuses unknown properties, or passes over them where it is told so', () => {
    expect(refusal(point, { x: 1, z: 1 })).toBe('"z" is no property of it');
    expect(refusal(point, new Map([[7, 1]]))).toBe('7 is no property of it');
    const open = record({ x: integer() }, { unknown: 'ignore' });
    expect(received(open, { x: 1, z: 1 })).toEqual({ x: 1 });
  });

  it('is not fooled by names that every object has', () => {
    const open = record({ x: integer() }, { unknown: 'ignore' });
    const hostile = new Map<string, CborInput>([
      ['__proto__', { x: 1 }],
      ['constructor', 1],
    ]);
    expect(refusal(open, hostile)).toBe('x: is missing');
    expect(refusal(point, hostile)).toBe('"__proto__" is no property of it');
  });

  it('writes in the order of its declaration and leaves out what is undefined', () => {
    const wire = decodeCbor(encodeCbor(point.write({ y: 2, x: 1 })));
    expect([...(wire as Map<string, number>).keys()]).toEqual(['x', 'y']);
    expect(received(point, point.write({ x: 1, y: undefined }))).toEqual({ x: 1 });
  });

  it('of which every property is optional is what an update may hold', () => {
    const update = partial(line);
    expect(received(update, {})).toEqual({});
    expect(received(update, { name: 'a' })).toEqual({ name: 'a' });
    expect(refusal(update, { nome: 'a' })).toBe('"nome" is no property of it');
    expect(update.schema.required).toBeUndefined();
  });
});

describe('a refined type', () => {
  it('gives its values another form', () => {
    const percent = mapped(integer({ minimum: 0, maximum: 100 }), {
      read: (value) => value / 100,
      write: (value) => Math.round(value * 100),
    });
    expect(received(percent, 50)).toBe(0.5);
    expect(percent.write(0.25)).toBe(25);
    expect(refusal(percent, 101)).toBe('101 is above 100');
  });

  it('refuses what its check finds wrong, within the path', () => {
    const even = checked(integer(), (value) => (value % 2 === 0 ? undefined : `${value} is odd`));
    expect(received(even, 2)).toBe(2);
    expect(refusal(record({ even }), { even: 3 })).toBe('even: 3 is odd');
  });
});

describe('the schema of a type', () => {
  it('says what the type takes', () => {
    const type = record({
      value: boolean,
      level: integer({ minimum: 0, maximum: 100 }),
      names: optional(listOf(text({ maximum: 64 }), { maximum: 2 })),
      kind: described(oneOf(['a', 'b']), { description: 'what it is' }),
    });
    expect(type.schema).toEqual({
      type: 'object',
      properties: {
        value: { type: 'boolean' },
        level: { type: 'integer', minimum: 0, maximum: 100 },
        names: { type: 'array', items: { type: 'string', maxLength: 64 }, maxItems: 2 },
        kind: { type: 'string', enum: ['a', 'b'], description: 'what it is' },
      },
      required: ['value', 'level', 'kind'],
      additionalProperties: false,
    });
  });
});
