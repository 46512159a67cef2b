import { codecSuite } from '@selvage/core/testing';
import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { datasetRecord, identityRecord, networkRecord } from '../../src/stack/network-record.js';

const test = { describe, it, expect };
const mode = {
  receiverOnWhenIdle: false,
  secureDataRequests: true,
  fullThreadDevice: false,
  fullNetworkData: false,
  reserved: 0,
};

codecSuite(test, {
  name: 'network record',
  codec: networkRecord,
  values: [
    { version: 1, role: 'none', rloc16: 0xffff, keySequence: 0, neighbours: [] },
    {
      version: 1,
      role: 'leader',
      rloc16: 0x6c00,
      keySequence: 127,
      neighbours: [{ extended: fromHex('0200000000000001'), rloc16: 0x6c01, mode, timeout: 240, version: 5 }],
    },
  ],
});

codecSuite(test, {
  name: 'identity record',
  codec: identityRecord,
  values: [
    {
      version: 1,
      extended: fromHex('0200000000000001'),
      interfaceId: fromHex('1122334455667788'),
      slaacSecret: new Uint8Array(32).fill(7),
    },
  ],
});

codecSuite(test, {
  name: 'dataset record',
  codec: datasetRecord,
  values: [
    { version: 2, keyId: fromHex('6b31'), keysTag: fromHex(''), tlvs: fromHex('000300000f') },
    { version: 2, keyId: fromHex('6b31'), keysTag: new Uint8Array(16).fill(0x5a), tlvs: fromHex('000300000f') },
  ],
});
