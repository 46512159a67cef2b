#!/usr/bin/env node
/** A radio co-processor that hears nothing: it answers spinel as OpenThread's ot-rcp does, and its air is empty. */
import { fromHex } from '@selvage/core';
import { HdlcDecoder, hdlcFrame } from '@selvage/thread';

const decoder = new HdlcDecoder();
/** Version of spinel, version, hardware address, sensitivity. */
const values = new Map([
  [0x01, '0403'],
  [0x02, '544553542f313b206e6f2061697200'],
  [0x08, '18b4300000000001'],
  [0x27, '9c'],
]);
/** A transmission that ended well, without an acknowledgement. */
const sent = fromHex('000000010000008000000a0000000000000000000000010000');

/** @param {Uint8Array[]} parts */
function say(...parts) {
  process.stdout.write(hdlcFrame(Uint8Array.from(parts.flatMap((part) => [...part]))));
}

/** @param {Uint8Array} request */
function answer(request) {
  const [header = 0, command = 0, property = 0] = request;
  if (command === 2) say(Uint8Array.of(header, 6, property), fromHex(values.get(property) ?? ''));
  else if (command === 3 && property === 0x71) say(Uint8Array.of(header, 6), sent);
  else if (command === 3) say(Uint8Array.of(header, 6), request.subarray(2));
}

process.stdin.on('data', (chunk) => {
  for (const request of decoder.take(/** @type {Uint8Array} */ (chunk))) answer(request);
});
process.stdin.on('end', () => process.exit(0));
say(fromHex('80060070'));
