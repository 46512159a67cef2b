import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { classUuid, uuidText, vendorUuid } from '../../src/index.js';

describe('UUIDs of vendor and class', () => {
  it('are made of names as imgtool makes them (08-p256-pubkey-custom-uuid)', () => {
    const vendor = vendorUuid('acme.example');
    expect(toHex(vendor)).toBe('0637e301e05d505b8267486f5677de9b');
    expect(toHex(classUuid('sensor-1', vendor))).toBe('b88daa0453a65da7b82a7265b291173a');
  });

  it('are taken as they are written, with dashes or without', () => {
    const text = '12345678-1234-5678-1234-567812345678';
    expect(uuidText(vendorUuid(text))).toBe(text);
    expect(uuidText(classUuid(text.replaceAll('-', ''), undefined))).toBe(text);
  });

  it('of a class have a vendor, where it is a name', () => {
    expect(() => classUuid('sensor-1', undefined)).toThrow('belongs to no vendor');
    expect(() => vendorUuid('')).toThrow('empty');
  });
});
