import { readFileSync } from 'node:fs';
import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { forgeryCount, tamperingSuite } from '../contract/ecjpake-tampering.js';
import {
  type MbedTlsVectors,
  mbedTlsSuite,
  type OpenThreadSide,
  openThreadSuite,
} from '../contract/ecjpake-vectors.js';
import { ecjpakeSuite } from '../contract/ecjpake.js';

const read = (name: string): string => readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');

const mbedTls = JSON.parse(read('ecjpake-mbedtls.json')) as MbedTlsVectors;

/** Captures and how many sides of exchanges each has. */
const captures = { '01-native-commissioning': 2, '02-relay-and-wrong-pskd': 4, '03-external-commissioner': 8 };

for (const core of [nativeCore, portableCore]) {
  ecjpakeSuite({ describe, it, expect }, core);
  tamperingSuite({ describe, it, expect }, core);
  mbedTlsSuite({ describe, it, expect }, core, mbedTls);
  for (const name of Object.keys(captures)) openThreadSuite({ describe, it, expect }, core, name, sidesOf(name));
}

describe('EC-JPAKE cases', () => {
  it('are as many as were written', () => {
    expect(forgeryCount).toBe(51);
    expect(Object.fromEntries(Object.keys(captures).map((name) => [name, sidesOf(name).length]))).toEqual(captures);
  });
});

function sidesOf(name: string): OpenThreadSide[] {
  const lines = read(`ecjpake-openthread-${name}.jsonl`).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as OpenThreadSide & { readonly ev: string });
  return records.filter(({ ev }) => ev === 'ecjpake');
}
