import { concat, decode, fromHex, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { keyBlockLengths } from '../../src/protocol/cipher-suites.js';
import { ecdhePskClientKeyExchange } from '../../src/protocol/key-exchange.js';
import { Capture, type CapturedSession } from './support/capture.js';

/** OCF Security §7.3.2 and following: the owner PSK comes of the session that transferred ownership. */
const transfers = [
  { transfer: 'ocf-a02-otm-justworks', next: 'ocf-a03-provision-ace-authcrypt-wildcard', label: 'oic.sec.doxm.jw' },
  { transfer: 'ocf-b01-otm-random-pin', next: 'ocf-b02-after-pin-provision-ace', label: 'oic.sec.doxm.rdp' },
  { transfer: 'ocf-c01-otm-mfg-cert', next: 'ocf-c02-after-cert-provision-ace', label: 'oic.sec.doxm.mfgcert' },
] as const;

describe("OCF's owner PSK, derived from our key block of a captured transfer", () => {
  it.each(transfers)('$transfer: is the key of the session in $next', ({ transfer, next, label }) => {
    const owner = uuidIn(transfer, 'devowneruuid');
    const device = uuidIn(transfer, 'deviceuuid');
    const seed = concat(new TextEncoder().encode(label), owner, device);
    const psk = nativeCore.tlsPHash('sha256', keyBlockOf(transfer), seed, 16);

    const { session, premaster } = only(next);
    // RFC 5489 §2: length ‖ shared secret ‖ length ‖ key.
    expect(toHex(premaster.subarray(34))).toBe(`0010${toHex(psk)}`);
    const { identity } = decode(ecdhePskClientKeyExchange, session.bodyOf('client_key_exchange'));
    expect(toHex(identity)).toBe(toHex(owner));
  });
});

interface Only {
  readonly session: CapturedSession;
  readonly master: Uint8Array;
  readonly premaster: Uint8Array;
}

function only(name: string): Only {
  const capture = new Capture(name);
  const [session] = capture.sessions;
  const [master] = session === undefined ? [] : capture.masterSecrets(session);
  const [premaster] = session === undefined ? [] : capture.premasters(session);
  if (session === undefined || master === undefined || premaster === undefined) return expect.fail(`${name} is empty`);
  return { session, master, premaster };
}

function keyBlockOf(name: string): Uint8Array {
  const { session, master } = only(name);
  return session.secrets(master).keyBlock(nativeCore, keyBlockLengths(session.suite.cipher).total);
}

/** The UUID that the owner writes into a property of /oic/sec/doxm: CBOR text, key and value behind each other. */
function uuidIn(name: string, property: 'devowneruuid' | 'deviceuuid'): Uint8Array {
  const { session, master } = only(name);
  const said = session.open(master).filter(({ from, type }) => from === 'client' && type === 'application_data');
  for (const { plaintext } of said) {
    const text = String.fromCharCode(...(plaintext ?? []));
    // A CBOR text of fewer than 24 bytes starts with 0x60 + its length, one of 36 with 0x78 0x24.
    const key = String.fromCharCode(0x60 + property.length);
    const match = new RegExp(`${key}${property}x\\$([0-9a-f-]{36})`).exec(text);
    if (match?.[1] !== undefined) return fromHex(match[1].replaceAll('-', ''));
  }
  return expect.fail(`nobody wrote ${property}`);
}
