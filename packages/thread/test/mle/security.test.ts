import { SeededRandom } from '@selvage/core/virtual';
import { concat, fromHex, toHex } from '@selvage/core';
import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { linkLocalAddress } from '../../src/ip6/address/thread-address.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import type { MleMessage } from '../../src/mle/mle-message.js';
import { MleSecurity } from '../../src/mle/security/mle-security.js';
import { keysOf } from '../support/captured-packets.js';

// thread-mesh.md §1.4: capture 06, frame 1.
const networkKey = fromHex('4c2906ee88d77ead45335568faa1d950');
const source = linkLocalAddress(fromHex('4e1fcce8724b05c4'));
const destination = parseIp6('ff02::2');
const datagram = fromHex('00 15 00000000 00000000 01 7c06539432de9153100b4e1424da1008f8cfba5d4a 5c2b3cb0');
const security = (sequence = 0, counter = 0) => new MleSecurity(nativeCore, keysOf(networkKey, sequence, counter));

const discovery: MleMessage = {
  command: 'discoveryRequest',
  tlvs: [
    { type: 'discovery', value: [{ type: 'discoveryRequest', value: { version: 5, joiner: false, reserved: 0 } }] },
  ],
};

describe('MLE security (Thread 1.3 §7.2)', () => {
  it('opens and seals the Parent Request of capture 06, on both engines', () => {
    for (const core of [nativeCore, portableCore]) {
      const own = new MleSecurity(core, keysOf(networkKey, 0));
      const opened = own.open(datagram, source, destination);
      if (opened.kind !== 'message') throw new RangeError(opened.kind);
      expect(opened.message.command).toBe('parentRequest');
      expect(opened.protection).toEqual({
        kind: 'secured',
        keySequence: 0,
        frameCounter: 0,
        extended: fromHex('4e1fcce8724b05c4'),
      });
      expect(toHex(own.seal(opened.message, source, destination)!)).toBe(toHex(datagram));
    }
  });

  it('refuses it with any bit flipped, cut off anywhere, to or from anybody else, and under another key', () => {
    const verdicts = new Map<string, number>();
    const count = (verdict: string) => verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    for (let bit = 0; bit < 8 * datagram.length; bit++) {
      const flipped = datagram.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      count(security().open(flipped, source, destination).kind);
    }
    for (let length = 0; length < datagram.length; length++) {
      count(security().open(datagram.subarray(0, length), source, destination).kind);
    }
    for (let byte = 0; byte < 16; byte++) {
      for (const which of [0, 1]) {
        const addresses = [source.slice(), destination.slice()] as const;
        addresses[which as 0 | 1][byte] = (addresses[which as 0 | 1][byte] as number) ^ 1;
        count(security().open(datagram, ...addresses).kind);
      }
    }
    count(new MleSecurity(nativeCore, keysOf(fromHex('00'.repeat(16)), 0)).open(datagram, source, destination).kind);
    // The first byte says another suite; the key sequence is another's; the rest is not authentic or not whole.
    expect(Object.fromEntries(verdicts)).toEqual({ unacceptable: 8, malformed: 19, 'keys-wanted': 32, forged: 298 });
  });

  it('does not take an empty message with a forged code (what AES-CCM of OpenSSL must be asked with care)', () => {
    const header = fromHex('00 15 00000000 00000000 01');
    const random = new SeededRandom('empty');
    for (let i = 0; i < 50; i++) {
      expect(security().open(concat(header, random.bytes(4)), source, destination).kind).toBe('forged');
    }
  });

  it('looks at the key sequence, not at the index, and asks for keys that are not there', () => {
    const sealed = security(5, 7).seal(discoveryAs('advertisement'), source, destination)!;
    expect(toHex(sealed.subarray(0, 11))).toBe('00150700000000000005' + '06');
    expect(security(4).open(sealed, source, destination)).toEqual({ kind: 'keys-wanted', keySequence: 5 });
    expect(security(5).open(sealed, source, destination).kind).toBe('message');
  });

  it('sends and takes discovery in clear, nothing else, and discovery not otherwise', () => {
    const clear = security().seal(discovery, source, destination)!;
    expect(toHex(clear)).toBe('ff10' + '1a04' + '80025000');
    expect(security().open(clear, source, destination)).toMatchObject({ protection: { kind: 'clear' } });
    const advertisement = clear.slice();
    advertisement[1] = 4;
    expect(security().open(advertisement, source, destination).kind).toBe('unacceptable');
    expect(security().open(fromHex('ff'), source, destination).kind).toBe('malformed');
    expect(security().open(fromHex(''), source, destination).kind).toBe('malformed');
  });

  it('sends nothing while no frame counter is durable', () => {
    const waiting = { ...keysOf(networkKey, 0), takeMleCounter: () => undefined };
    const own = new MleSecurity(nativeCore, waiting);
    expect(own.seal(discoveryAs('advertisement'), source, destination)).toBeUndefined();
    expect(own.seal(discovery, source, destination)).toBeDefined();
  });
});

function discoveryAs(command: 'advertisement'): MleMessage {
  return { command, tlvs: [{ type: 'sourceAddress', value: 0x6c00 }] };
}
