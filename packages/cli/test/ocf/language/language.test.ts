/** What people type: rights, subjects, devices and values. */
import { fromJson, SelvageError, toJson } from '@selvage/core';
import { parseUuid } from '@selvage/ocf';
import { describe, expect, it } from 'vitest';
import { calledText, deviceCalled } from '../../../src/ocf/language/device-name.js';
import { valueText } from '../../../src/ocf/language/json-value.js';
import { parseAssignments } from '../../../src/ocf/language/property-value.js';
import { parseRights, rightsText } from '../../../src/ocf/language/rights.js';
import { parseSubject, subjectText } from '../../../src/ocf/language/subject.js';

/** The error that something throws, as its code and all its words. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SelvageError) return `${error.code}: ${error.message} → ${error.remedy ?? ''}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('rights', () => {
  it.each([
    ['read', 2],
    ['read,write', 6],
    ['create, delete', 9],
    ['notify', 16],
    ['r,u', 6],
    ['crudn', 31],
    ['RU', 6],
    ['retrieve,update', 6],
    ['all', 31],
  ])('%s is the permission %i', (text, permission) => {
    expect(parseRights(text)).toBe(permission);
  });

  it.each(['', ',', 'reed', 'read,x', 'constructor'])('%j is refused with the rights there are', (text) => {
    expect(refusal(() => parseRights(text))).toMatch(/^invalid-argument: .* read, write, create, delete, notify/);
  });

  it('are told in the words that set them', () => {
    for (let permission = 1; permission < 32; permission++) {
      expect(parseRights(rightsText(permission))).toBe(permission);
    }
    expect(rightsText(0)).toBe('nothing');
  });
});

const hall = { device: parseUuid('62d8e00a-c631-481a-6960-4877df1c7190'), name: 'hall-light' };
const attic = { device: parseUuid('62ffffff-0000-4000-8000-000000000001'), name: 'attic-light' };
const twin = { device: parseUuid('0a000000-0000-4000-8000-000000000002'), name: 'attic-light' };
const nameless = { device: parseUuid('77000000-0000-4000-8000-000000000003') };
const all = [hall, attic, twin, nameless];

describe('a device', () => {
  it.each([
    ['hall-light', hall],
    ['Hall-Light', hall],
    ['hall', hall],
    ['62d8', hall],
    [hall.device.toUpperCase(), hall],
    ['62f', attic],
    ['77', nameless],
  ])('is called by its name, its UUID or a beginning of either: %s', (text, device) => {
    expect(deviceCalled(text, all, 'here')).toBe(device);
  });

  it('is not guessed where several are meant', () => {
    const text = refusal(() => deviceCalled('62', all, 'here'));
    expect(text).toMatch(/^invalid-argument: "62" can be any of 2 devices/);
    expect(text).toContain('hall-light (62d8e00a), attic-light (62ffffff)');
    expect(refusal(() => deviceCalled('attic-light', all, 'here'))).toContain('attic-light (0a000000)');
  });

  it('that is not there is answered with those that are', () => {
    expect(refusal(() => deviceCalled('cellar', all, 'in this site'))).toBe(
      'device-not-found: no device is called "cellar" in this site → these are there: hall-light (62d8e00a), attic-light (62ffffff), attic-light (0a000000), 77000000',
    );
    expect(refusal(() => deviceCalled('', all, 'here'))).toContain('device-not-found');
    expect(refusal(() => deviceCalled('x', [], 'here'))).toContain('selvage discover');
  });

  it('is listed up to twelve times', () => {
    const many = Array.from({ length: 20 }, (_, at) => ({ ...hall, name: `light-${at}` }));
    expect(refusal(() => deviceCalled('x', many, 'here'))).toContain('and 8 more');
    expect(calledText(nameless)).toBe('77000000');
  });
});

describe('whom an entry is for', () => {
  const deviceOf = (text: string) => deviceCalled(text, all, 'here').device;
  it.each([
    ['hall', { uuid: hall.device }],
    ['role:lab.admin', { role: 'lab.admin' }],
    ['role:lab.admin@Lab', { role: 'lab.admin', authority: 'Lab' }],
    ['anyone-authenticated', { conntype: 'auth-crypt' }],
    ['anyone', { conntype: 'anon-clear' }],
  ])('%s is a subject, and told so again', (text, subject) => {
    const parsed = parseSubject(text, deviceOf);
    expect(parsed).toEqual(subject);
    expect(parseSubject(subjectText(parsed, String), deviceOf)).toEqual(subject);
  });

  it.each(['role:', 'role:@Lab', 'role:x@'])('%s names no role', (text) => {
    expect(refusal(() => parseSubject(text, deviceOf))).toMatch(/^invalid-argument: .* names no role/);
  });

  it('is no device that is not known', () => {
    expect(refusal(() => parseSubject('nobody', deviceOf))).toContain('device-not-found');
  });
});

describe('values', () => {
  const present = new Map<string, never>(
    Object.entries({ value: true, level: 7, name: 'x', range: [0, 100], big: 2n ** 60n }) as [string, never][],
  );

  it.each([
    ['value=false', { value: false }],
    ['value=ON', { value: true }],
    ['level=-2.5', { level: -2.5 }],
    ['big=12', { big: 12 }],
    ['name=true', { name: 'true' }],
    ['name=', { name: '' }],
    ['name=a=b', { name: 'a=b' }],
    ['range=[1,2]', { range: [1, 2] }],
    ['other=3', { other: 3 }],
    ['other={"a":[null]}', { other: { a: [null] } }],
    ['other=plain words', { other: 'plain words' }],
  ])('%s is read as what the property holds', (word, expected) => {
    expect(parseAssignments([word], present)).toEqual(expected);
  });

  it.each([
    ['value=1', 'value is true or false'],
    ['level=on', 'level is a number'],
    ['level=0x10', 'level is a number'],
    ['range=5 6', 'range is a list in JSON'],
    ['value', 'write name=value; the resource has value, level, name, range, big'],
    ['=1', 'write name=value'],
  ])('%s is refused: %s', (word, words) => {
    expect(refusal(() => parseAssignments([word], present))).toMatch(/^invalid-argument/);
    expect(refusal(() => parseAssignments([word], present))).toContain(words);
  });

  it('of CBOR are told as JSON that says what JSON does not have', () => {
    const value = new Map<string, unknown>([
      ['data', new Uint8Array([1, 255])],
      ['many', [1n, null, new Map([['a', 1]])]],
    ]);
    expect(toJson(value as never)).toEqual({ data: 'hex:01ff', many: ['1', null, { a: 1 }] });
    expect([valueText('as it is'), valueText(true), valueText([1, 'a'])]).toEqual(['as it is', 'true', '[1,"a"]']);
    expect(fromJson({ a: [1, 'b', null] })).toEqual({ a: [1, 'b', null] });
  });
});
