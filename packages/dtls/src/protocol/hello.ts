import { bytes, type Decoded, list, opaque, optionalTail, struct, u8, u16 } from '@selvage/core';
import { type Extension, type ExtensionName, extensions } from './extensions.js';

/**
 * ```
 * struct {
 *   ProtocolVersion client_version;
 *   Random random;
 *   SessionID session_id;
 *   opaque cookie<0..2^8-1>;
 *   CipherSuite cipher_suites<2..2^16-1>;
 *   CompressionMethod compression_methods<1..2^8-1>;
 *   Extension extensions<0..2^16-1>;   // optional
 * } ClientHello;
 * ```
 * RFC 6347 §4.2.1.
 */
export const clientHello = struct({
  version: u16,
  random: bytes(32),
  sessionId: opaque(u8, { max: 32 }),
  cookie: opaque(u8),
  cipherSuites: list(u16, u16, { min: 2 }),
  compressionMethods: list(u8, u8, { min: 1 }),
  extensions: optionalTail(extensions),
});
/** A decoded {@link clientHello}. */
export type ClientHello = Decoded<typeof clientHello>;

/**
 * The head of a ClientHello up to its cookie: what a server can answer statelessly even when the rest of the message
 * travels in further fragments.
 */
export const clientHelloHead = struct({
  version: u16,
  random: bytes(32),
  sessionId: opaque(u8, { max: 32 }),
  cookie: opaque(u8),
});
export type ClientHelloHead = Decoded<typeof clientHelloHead>;

/** `struct { ProtocolVersion server_version; opaque cookie<0..2^8-1>; } HelloVerifyRequest;` RFC 6347 §4.2.1. */
export const helloVerifyRequest = struct({ version: u16, cookie: opaque(u8) });

/**
 * ```
 * struct {
 *   ProtocolVersion server_version;
 *   Random random;
 *   SessionID session_id;
 *   CipherSuite cipher_suite;
 *   CompressionMethod compression_method;
 *   Extension extensions<0..2^16-1>;   // optional
 * } ServerHello;
 * ```
 * RFC 5246 §7.4.1.3.
 */
export const serverHello = struct({
  version: u16,
  random: bytes(32),
  sessionId: opaque(u8, { max: 32 }),
  cipherSuite: u16,
  compressionMethod: u8,
  extensions: optionalTail(extensions),
});
/** A decoded {@link serverHello}. */
export type ServerHello = Decoded<typeof serverHello>;

/** `struct { } ServerHelloDone;` RFC 5246 §7.4.5. */
export const serverHelloDone = struct({});

/** The value of the named extension in a hello, or `undefined` where the hello does not carry it. */
export function findExtension<Name extends ExtensionName>(
  hello: { readonly extensions?: readonly Extension[] | undefined },
  name: Name,
): Extract<Extension, { type: Name }> | undefined {
  const isNamed = (candidate: Extension): candidate is Extract<Extension, { type: Name }> => candidate.type === name;
  return hello.extensions?.find(isNamed);
}

/** The first extension type that a hello carries twice, which RFC 5246 §7.4.1.4 forbids. */
export function repeatedExtension(hello: {
  readonly extensions?: readonly Extension[] | undefined;
}): string | undefined {
  const seen = new Set<string>();
  for (const entry of hello.extensions ?? []) {
    const name = entry.type === 'unknown' ? `${entry.tag}` : entry.type;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
