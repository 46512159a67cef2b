import type { SessionCache } from '@selvage/dtls';

/** Resumes nothing: with it our server gives session IDs, as that of Mbed TLS does, though nobody ever resumes one. */
export const forgetfulCache: SessionCache = { get: () => undefined, put: () => undefined, delete: () => undefined };

/** A HelloVerifyRequest of Mbed TLS as ours writes it: of version DTLS 1.0, in the record and in the message (RFC 6347 §4.2.1). */
export function helloVerifyRequestAsOurs(payload: Uint8Array): Uint8Array {
  const ours = payload.slice();
  for (const at of [1, 25]) ours.set([0xfe, 0xff], at);
  return ours;
}
