import { SelvageError } from '@selvage/core';
import { readReferenceFile, type ReferenceFile, writeReferenceFile } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { attester, firmware, reference } from './support.js';

const device = await attester('in the file');
const whole: ReferenceFile = {
  ...reference,
  components: [
    { type: 'firmware', signers: [firmware.signer], minimumVersion: '1.2.0', measurements: [firmware.measurement] },
    { type: 'radio', signers: [firmware.signer, firmware.measurement], optional: true },
  ],
  instances: [device.enrolled],
};

describe('a file of reference values', () => {
  it.each([
    ['all that it can have', whole],
    ['the least', { implementations: [], lifeCycles: [], components: [] }],
  ])('with %s is read as it was written', (_, file) => {
    expect(readReferenceFile(writeReferenceFile(file))).toEqual(file);
  });

  it.each<[string, string, unknown]>([
    ['the file', 'has "component"', { component: [] }],
    ['implementations', 'is no list', { implementations: 'all' }],
    ['implementations[0]', 'is no 32 bytes', { implementations: ['00'] }],
    ['lifeCycles[1]', 'is none of unknown, assembly-and-test', { lifeCycles: ['secured', 'new'] }],
    ['isolations[0]', 'is no text', { isolations: [7] }],
    ['components[0].signers', 'is no list', { components: [{ type: 'firmware' }] }],
    ['components[0].type', 'is no text', { components: [{ type: '', signers: [] }] }],
    [
      'components[0].minimumVersion',
      'is no version',
      { components: [{ type: 'firmware', signers: [], minimumVersion: 'new' }] },
    ],
    ['components[0].optional', 'is neither', { components: [{ type: 'firmware', signers: [], optional: 1 }] }],
    ['instances[0].key', 'is no 44 or 91 bytes', { instances: [{ instance: '01'.repeat(33), key: '00' }] }],
    ['instances[0].key', 'is neither', { instances: [{ instance: '01'.repeat(33), key: '00'.repeat(91) }] }],
    ['instances[0]', 'is no object', { instances: ['01'] }],
  ])('that is wrong at %s says so', (path, problem, changes) => {
    const json = JSON.stringify({ ...(JSON.parse(writeReferenceFile(whole)) as object), ...(changes as object) });
    try {
      readReferenceFile(json);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SelvageError);
      expect(error).toMatchObject({ code: 'invalid-value', fault: 'caller', details: { path } });
      expect((error as SelvageError).message).toContain(`${path} ${problem}`);
    }
  });

  it.each(['', '{', '[]', 'null', `"${'x'.repeat(1_048_577)}"`])('that is no such file is refused', (json) => {
    expect(() => readReferenceFile(json)).toThrow(/^the file /);
  });
});
