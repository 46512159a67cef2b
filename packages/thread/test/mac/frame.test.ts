import { decode, encode, fromHex, toHex } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import type { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import type { MacAddress } from '../../src/mac/address.js';
import { modeOf, panFields } from '../../src/mac/frame/address-fields.js';
import { cslElement, headerElementIds, payloadElements } from '../../src/mac/frame/elements.js';
import { frameTypes, frameVersions } from '../../src/mac/frame/frame-control.js';
import { type MacFrame, macFrame } from '../../src/mac/frame/mac-frame.js';
import { integrityCodeLength, type KeyIdentifier, type SecurityHeader } from '../../src/mac/frame/security-header.js';

const head = { version: 2006, framePending: false, panIdCompression: true, reserved: 0 } as const;
const short = (address: number): MacAddress => ({ kind: 'short', short: address });
const extended = (hex: string): MacAddress => ({ kind: 'extended', extended: fromHex(hex) });

codecSuite(
  { describe, it, expect },
  {
    name: 'mac frame',
    codec: macFrame,
    openEnded: true,
    generate: randomFrame,
    unknown: ['8100ff01'],
    vectors: [
      {
        name: 'an immediate acknowledgement with frame pending (capture 06)',
        bytes: '121004',
        value: {
          ...head,
          type: 'acknowledgement',
          framePending: true,
          panIdCompression: false,
          acknowledgementRequest: false,
          version: 2006,
          sequenceNumber: 4,
          payload: fromHex(''),
        },
      },
      {
        name: 'a secured data request between extended addresses (capture 06, frame 68)',
        bytes: '6bdc0470fad2224e3cf4f2daf6c04f98475cdf207e0d0000000001049e5a8fb4',
        value: {
          ...head,
          type: 'command',
          acknowledgementRequest: true,
          sequenceNumber: 4,
          destinationPan: 0xfa70,
          destination: extended('f6daf2f43c4e22d2'),
          source: extended('7e20df5c47984fc0'),
          security: { level: 5, frameCounter: 0, key: { mode: 1, index: 1 }, reserved: 0 },
          command: 4,
          payload: fromHex(''),
          integrityCode: fromHex('9e5a8fb4'),
        },
      },
      {
        name: 'a frame of 2015 with a CSL element',
        bytes: '61aa0170fa006c018c040d2a01f401803faabb',
        value: {
          ...head,
          type: 'data',
          version: 2015,
          acknowledgementRequest: true,
          sequenceNumber: 1,
          destinationPan: 0xfa70,
          destination: short(0x6c00),
          source: short(0x8c01),
          elements: [
            { id: headerElementIds.csl, body: encode(cslElement, { phase: 0x012a, period: 0x01f4 }) },
            { id: headerElementIds.termination2, body: fromHex('') },
          ],
          payload: fromHex('aabb'),
        },
      },
    ],
  },
);

codecSuite(
  { describe, it, expect },
  {
    name: 'payload elements',
    codec: payloadElements,
    openEnded: true,
    values: [
      [
        { group: 2, body: fromHex('010203') },
        { group: 15, body: fromHex('') },
      ],
    ],
  },
);

describe('PAN ids of a frame of 2015 (table 7-2)', () => {
  const rows = [
    ['none', 'none', false, false, false],
    ['none', 'none', true, true, false],
    ['short', 'none', false, true, false],
    ['short', 'none', true, false, false],
    ['none', 'extended', false, false, true],
    ['none', 'extended', true, false, false],
    ['extended', 'extended', false, true, false],
    ['extended', 'extended', true, false, false],
    ['short', 'short', false, true, true],
    ['short', 'extended', false, true, true],
    ['extended', 'short', true, true, false],
    ['short', 'short', true, true, false],
  ] as const;
  for (const [destinationMode, sourceMode, panIdCompression, destination, source] of rows) {
    it(`${destinationMode} from ${sourceMode}, ${panIdCompression ? '' : 'not '}compressed`, () => {
      const fields = panFields({ version: 2015, panIdCompression, destinationMode, sourceMode });
      expect(fields).toEqual({ destination, source });
    });
  }
});

describe('formats that are refused', () => {
  const refused = [
    ['a multipurpose frame', '0500'],
    ['frame version 3', '01300a'],
    ['addressing mode 1', '01140a'],
    ['security of 2003', '09080a'],
    ['a frame of 2015 that announces elements and has none', '0122'.concat('01')],
    ['a payload element among the header elements', '012201008a'],
  ] as const;
  for (const [name, bytes] of refused) {
    it(name, () => {
      let code = 'accepted';
      try {
        decodeWhole(bytes);
      } catch (error) {
        code = (error as { code: string }).code;
      }
      expect(code).toBe('invalid-value');
    });
  }
});

function decodeWhole(hex: string): string {
  return toHex(encode(macFrame, decodeFrame(fromHex(hex))));
}

function decodeFrame(bytes: Uint8Array): MacFrame {
  return decode(macFrame, bytes);
}

/** A frame whose fields go together, of any kind. */
function randomFrame(random: SeededRandom): MacFrame {
  const version = frameVersions[random.below(3)]!;
  const type = frameTypes[random.below(4)]!;
  const destination = randomAddress(random);
  const source = randomAddress(random);
  const panIdCompression = random.chance(0.5);
  const pans = panFields({
    version,
    panIdCompression,
    destinationMode: modeOf(destination),
    sourceMode: modeOf(source),
  });
  const is2015 = version === 2015;
  const security = version !== 2003 && random.chance(0.5) ? randomSecurity(random, is2015) : undefined;
  const payload = random.bytes(random.below(20));
  const elements = is2015 && random.chance(0.5) ? randomElements(random) : undefined;
  return {
    type,
    version,
    framePending: random.chance(0.5),
    acknowledgementRequest: random.chance(0.5),
    panIdCompression,
    reserved: random.chance(0.2) ? 0x80 : 0,
    ...(!(is2015 && random.chance(0.3)) && { sequenceNumber: random.below(256) }),
    ...(pans.destination && { destinationPan: random.below(0x10000) }),
    ...(destination && { destination }),
    ...(pans.source && { sourcePan: random.below(0x10000) }),
    ...(source && { source }),
    ...(security && { security, integrityCode: random.bytes(integrityCodeLength(security.level)) }),
    ...(elements && { elements }),
    ...(type === 'command' && !is2015 && { command: random.below(256) }),
    payload,
  };
}

function randomAddress(random: SeededRandom): MacAddress | undefined {
  const kind = random.below(3);
  if (kind === 0) return undefined;
  return kind === 1 ? short(random.below(0x10000)) : { kind: 'extended', extended: random.bytes(8) };
}

function randomSecurity(random: SeededRandom, is2015: boolean): SecurityHeader {
  const mode = random.below(4);
  const index = random.below(256);
  const key: KeyIdentifier =
    mode === 0
      ? { mode }
      : mode === 1
        ? { mode, index }
        : mode === 2
          ? { mode, source: random.bytes(4), index }
          : { mode: 3, source: random.bytes(8), index };
  const counter = !is2015 || random.chance(0.7) ? { frameCounter: random.u32() } : {};
  return { level: random.below(8), ...counter, key, reserved: random.chance(0.2) ? 0x80 : 0 };
}

function randomElements(random: SeededRandom): NonNullable<MacFrame['elements']> {
  const some = Array.from({ length: random.below(3) }, () => ({
    id: random.below(0x70),
    body: random.bytes(random.below(6)),
  }));
  const id = random.chance(0.5) ? headerElementIds.termination1 : headerElementIds.termination2;
  return [...some, { id, body: new Uint8Array(0) }];
}
