import { fromHex } from '@selvage/core';
import { codecSuite } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { bool, i8, packed, u64le } from '../../../src/radio/spinel/numbers.js';
import {
  lastStatus,
  properties,
  rawReceived,
  rawTransmit,
  transmitDone,
} from '../../../src/radio/spinel/properties.js';
import { propertyBody, spinelFrame } from '../../../src/radio/spinel/spinel-frame.js';

const harness = { describe, it, expect };
const psdu = fromHex('41880170faffff006c01020000');

codecSuite(harness, {
  name: 'spinel packed number',
  codec: packed,
  vectors: [
    { name: '0', bytes: '00', value: 0 },
    { name: '127', bytes: '7f', value: 127 },
    { name: '1337', bytes: 'b90a', value: 1337 },
    { name: '2^21 − 1', bytes: 'ffff7f', value: 0x1f_ffff },
  ],
});
codecSuite(harness, { name: 'spinel signed number', codec: i8, values: [-128, -1, 0, 127] });
codecSuite(harness, { name: 'spinel truth', codec: bool, values: [true, false] });
codecSuite(harness, { name: 'spinel 64 bits', codec: u64le, values: [0n, 1n << 40n, (1n << 64n) - 1n] });
codecSuite(harness, {
  name: 'spinel frame',
  codec: spinelFrame,
  openEnded: true,
  vectors: [
    {
      name: 'the notice of a start',
      bytes: '80060070',
      value: { header: { interface: 0, transaction: 0 }, command: 6, body: fromHex('0070') },
    },
  ],
});
codecSuite(harness, {
  name: 'spinel property',
  codec: propertyBody,
  openEnded: true,
  values: [{ property: 0x1305, value: fromHex('01') }],
});
codecSuite(harness, {
  name: 'spinel frame that arrived',
  codec: rawReceived,
  openEnded: true,
  values: [
    {
      psdu,
      rssi: -20,
      noiseFloor: -128,
      flags: 0x10,
      phy: { channel: 15, quality: 0, timestamp: 123n, rest: new Uint8Array() },
      vendor: { error: 0, rest: new Uint8Array() },
      rest: fromHex('05000000000000'),
    },
  ],
});
codecSuite(harness, {
  name: 'spinel frame to send',
  codec: rawTransmit,
  values: [
    {
      psdu,
      channel: 15,
      backOffs: 4,
      repetitions: 15,
      assess: true,
      headerUpdated: true,
      isRepetition: false,
      securityProcessed: true,
      delay: 0,
      delayBase: 0,
      channelAfter: 15,
      power: 127,
    },
  ],
});
codecSuite(harness, {
  name: 'spinel status',
  codec: lastStatus,
  openEnded: true,
  values: [{ status: 17, rest: fromHex('00') }],
});
codecSuite(harness, {
  name: 'spinel end of a transmission',
  codec: transmitDone,
  openEnded: true,
  values: [{ framePending: true, headerUpdated: false, rest: new Uint8Array() }],
});
codecSuite(harness, {
  name: 'spinel pending short addresses',
  codec: properties.pendingShort[1],
  openEnded: true,
  values: [[], [0x0401, 0x0402]],
});
codecSuite(harness, {
  name: 'spinel version',
  codec: properties.protocolVersion[1],
  values: [{ major: 4, minor: 3 }],
});
codecSuite(harness, {
  name: 'spinel energy',
  codec: properties.energy[1],
  values: [{ channel: 20, dBm: -92 }],
});
