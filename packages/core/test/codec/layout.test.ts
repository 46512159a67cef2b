import { describe, expect, it } from 'vitest';
import { encode, layout, opaque, struct, u16, u8 } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { recordHeader } from '../support/client-hello.js';

describe('layout', () => {
  it('says where the fields of a fixed-size struct lie', () => {
    expect(layout(recordHeader)).toEqual({
      type: { offset: 0, length: 1 },
      version: { offset: 1, length: 2 },
      epoch: { offset: 3, length: 2 },
      sequence: { offset: 5, length: 6 },
      length: { offset: 11, length: 2 },
    });
  });

  it('agrees with the encoder', () => {
    const { epoch } = layout(recordHeader);
    const wire = encode(recordHeader, { type: 22, version: 0xfefd, epoch: 0xabcd, sequence: 1, length: 0 });
    expect([...wire.subarray(epoch.offset, epoch.offset + epoch.length)]).toEqual([0xab, 0xcd]);
  });

  it('refuses a field behind one of variable size', () => {
    const slots = layout(struct({ inner: struct({ a: u16 }), body: opaque(u8), after: u8 }));
    expect(slots.inner).toEqual({ offset: 0, length: 2 });
    expect(outcomeOf(() => slots.after)).toBe('invalid-argument');
    expect(Object.keys(slots)).toEqual(['inner']);
  });
});
