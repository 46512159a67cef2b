import { parseUdpAddress, type UdpAddress } from '@selvage/core/node';
import { codecSuite } from '@selvage/core/testing';
import type { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import {
  closedPort,
  datagram,
  logLine,
  openedPort,
  peripheralValue,
  portName,
  updatePart,
  updateSize,
} from '../../src/world/board-protocol.js';

const functions = { describe, it, expect };
const addresses = ['127.0.0.1:5683', '[::1]:5684', '[fe80::1%eth0]:1', '224.0.1.187:5683'].map(parseUdpAddress);
const some = (random: SeededRandom) => addresses[random.below(addresses.length)] as UdpAddress;
const name = (random: SeededRandom) => 'peripheral ünder a näme'.slice(0, 1 + random.below(20));

codecSuite(functions, {
  name: 'a datagram of a granted port',
  codec: datagram,
  openEnded: true,
  vectors: [
    {
      name: 'to a group',
      bytes: '03 0e 3132372e302e302e313a35363833 0102',
      value: { port: 3, peer: addresses[0] as UdpAddress, payload: Uint8Array.of(1, 2) },
    },
  ],
  generate: (random) => ({ port: random.below(256), peer: some(random), payload: random.bytes(random.below(60)) }),
});
codecSuite(functions, {
  name: 'a port that was opened',
  codec: openedPort,
  generate: (random) => ({
    port: random.below(256),
    maximumPayload: random.below(65_536),
    locals: Array.from({ length: random.below(4) }, () => some(random)),
  }),
});
codecSuite(functions, { name: 'the name of a port', codec: portName, generate: (random) => ({ name: name(random) }) });
codecSuite(functions, { name: 'a port that is closed', codec: closedPort, values: [{ port: 0 }, { port: 255 }] });
codecSuite(functions, {
  name: 'a value at a peripheral',
  codec: peripheralValue,
  openEnded: true,
  generate: (random) => ({ name: name(random), value: random.bytes(random.below(60)) }),
});
codecSuite(functions, { name: 'a line of the log', codec: logLine, openEnded: true, values: ['', 'a line', 'ünder'] });
codecSuite(functions, {
  name: 'the size of an update',
  codec: updateSize,
  values: [{ size: 0 }, { size: 2 ** 32 - 1 }],
});
codecSuite(functions, {
  name: 'a part of an update',
  codec: updatePart,
  openEnded: true,
  generate: (random) => ({ offset: random.below(2 ** 32), bytes: random.bytes(random.below(60)) }),
});
