import { SelvageError } from '@selvage/core';
import { mutate } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  ocfManufacturerPurpose,
  openCertificateRequest,
  readCertificate,
  readCertificateList,
  verifyChain,
} from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { capturedCertificate, capturedDer, capturedNames } from '../support/captured.js';
import * as der from '../support/der-writer.js';
import { judgedAt, nameAt, type Shape, shapes } from '../support/chains.js';
import { ecdsa, forgeList, testKey } from '../support/forge.js';

const seed = 'pki-mutation';
const [leaf, intermediate] = ['certificate 5', 'certificate 6'].map(capturedDer) as [Uint8Array, Uint8Array];
const anchors = [{ certificate: capturedCertificate('certificate 7') }];
const list = forgeList({
  issuer: nameAt(shapes[0] as Shape, 1),
  thisUpdate: judgedAt,
  nextUpdate: judgedAt + 1000,
  revoked: [{ serial: der.integer(1), reason: 1 }, { serial: der.integer(2) }],
  extensions: [{ id: '2.5.29.20', critical: false, value: der.integer(7) }],
  signer: ecdsa(testKey(1)),
});

/** `read`, `refused`, or what else came of it. */
function outcome(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (!(error instanceof SelvageError)) return `not a SelvageError: ${String(error)}`;
    return error.fault === 'peer' ? 'refused' : `blames ${error.fault}: ${error.message}`;
  }
}

const readers = {
  certificate: { read: readCertificate, sources: capturedNames('certificate').map(capturedDer) },
  request: {
    read: (bytes: Uint8Array) => openCertificateRequest(nativeCore, bytes),
    sources: capturedNames('request').map(capturedDer),
  },
  'revocation list': { read: readCertificateList, sources: [list] },
} as const;

describe('damaged DER', () => {
  for (const [kind, { read, sources }] of Object.entries(readers)) {
    it(`is read or refused, and nothing else: ${kind}, every byte set to six values`, () => {
      const source = sources[0];
      const wrong: string[] = [];
      for (let at = 0; at < source.length; at++) {
        for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff, (source[at] as number) ^ 0x20]) {
          const damaged = source.slice();
          damaged[at] = value;
          const result = outcome(() => read(damaged));
          if (result !== 'read' && result !== 'refused') wrong.push(`${at}=${value}: ${result}`);
        }
      }
      expect(wrong).toEqual([]);
    });

    it(`is refused when cut off at any byte: ${kind}`, () => {
      for (const source of sources.slice(0, 3)) {
        for (let length = 0; length < source.length; length++) {
          expect([length, outcome(() => read(source.subarray(0, length)))]).toEqual([length, 'refused']);
        }
      }
    });

    it(`is read or refused when damaged at random (seed ${seed}): ${kind}`, () => {
      const random = new SeededRandom(`${seed}/${kind}`);
      for (let round = 0; round < 1500; round++) {
        const source = sources[random.below(sources.length)] as Uint8Array;
        const damaged = mutate(mutate(source, random), random);
        const result = outcome(() => read(damaged));
        if (result === 'read' || result === 'refused') continue;
        expect({ seed, kind, round, result }).toEqual({ seed, kind, round, result: 'read or refused' });
      }
    });
  }

  it('is never accepted in a chain: every bit of leaf and intermediate flipped', () => {
    const options = {
      core: nativeCore,
      anchors,
      now: Date.parse('2026-11-22T12:00:00Z'),
      purpose: ocfManufacturerPurpose,
    };
    expect(verifyChain([leaf, intermediate], options).accepted).toBe(true);
    const accepted: string[] = [];
    let judged = 0;
    for (const position of [0, 1]) {
      const chain = [leaf, intermediate];
      const source = chain[position] as Uint8Array;
      for (let bit = 0; bit < 8 * source.length; bit++) {
        const damaged = source.slice();
        damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
        chain[position] = damaged;
        judged++;
        if (verifyChain(chain, options).accepted) accepted.push(`certificate ${position}, bit ${bit}`);
      }
    }
    expect(accepted).toEqual([]);
    expect(judged).toBe(7880);
  });

  it('does not make the reader work for long: a megabyte of text, of bits and of nested elements', () => {
    const hostile = [
      new Uint8Array(1_000_000).fill(0x30),
      der.sequence(new Uint8Array(60_000).fill(0x30)),
      der.sequence(der.bitString(new Uint8Array(16_000))),
      der.sequence(der.text(0x16, 'x'.repeat(16_000))),
      der.sequence(der.sequence(der.text(0x17, '9'.repeat(16_000)))),
    ];
    for (const bytes of hostile) {
      for (const { read } of Object.values(readers)) expect(outcome(() => read(bytes))).toBe('refused');
    }
  });
});
