import {
  type Decoded,
  bytes,
  constant,
  enumeration,
  fromHex,
  list,
  nested,
  opaque,
  optionalTail,
  struct,
  u16,
  u24,
  u32,
  u48,
  u8,
  variant,
} from '@selvage/core';

/** A part of DTLS 1.2 (RFC 6347 §4.2.2, §4.3.2) that uses most combinators at once. */
const cipherSuite = enumeration(u16, { TLS_ECJPAKE_WITH_AES_128_CCM_8: 0xc0ff, TLS_PSK_WITH_AES_128_CCM_8: 0xc0a8 });
const group = enumeration(u16, { secp256r1: 23 });
const extensionType = enumeration(u16, {
  maxFragmentLength: 1,
  supportedGroups: 10,
  ecjpakeKeyKpPair: 256,
  listed: 99,
});

const extension = variant(
  extensionType,
  {
    maxFragmentLength: u8,
    supportedGroups: struct({ groups: list(u16, group, { min: 2 }) }),
    ecjpakeKeyKpPair: bytes(4),
  },
  { body: (codec) => nested(u16, codec) },
);

const clientHello = struct({
  version: constant(u16, 0xfefd),
  random: struct({ time: u32, bytes: bytes(4) }),
  sessionId: opaque(u8, { max: 32 }),
  cookie: opaque(u8),
  cipherSuites: list(u16, cipherSuite, { min: 2 }),
  compression: list(u8, u8, { min: 1 }),
  extensions: optionalTail(list(u16, extension)),
});

export const handshake = variant(
  enumeration(u8, { helloRequest: 0, clientHello: 1 }),
  { helloRequest: struct({}), clientHello },
  { body: (codec) => nested(u24, codec) },
);

export type Handshake = Decoded<typeof handshake>;

export const recordHeader = struct({ type: u8, version: u16, epoch: u16, sequence: u48, length: u16 });

export const hello = {
  type: 'clientHello',
  value: {
    version: 0xfefd,
    random: { time: 0xfedcba98, bytes: fromHex('01020304') },
    sessionId: fromHex(''),
    cookie: fromHex('c0c1'),
    cipherSuites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8', { unknown: 0x00ff }],
    compression: [0],
    extensions: [
      { type: 'maxFragmentLength', value: 2 },
      { type: 'supportedGroups', value: { groups: ['secp256r1', { unknown: 29 }] } },
      { type: 'ecjpakeKeyKpPair', value: fromHex('a0a1a2a3') },
      { type: 'unknown', tag: 0x1234, body: fromHex('dead') },
      { type: 'unknown', tag: 99, body: fromHex('') },
    ],
  },
} satisfies Handshake;

/** The same message written out by hand. */
export const helloBytes = [
  '01 000039', // client_hello, 57 bytes
  'fefd fedcba98 01020304 00 02 c0c1',
  '0004 c0ff 00ff 01 00',
  '0021', // 33 bytes of extensions
  '0001 0001 02',
  '000a 0006 0004 0017 001d',
  '0100 0004 a0a1a2a3',
  '1234 0002 dead',
  '0063 0000',
].join(' ');
