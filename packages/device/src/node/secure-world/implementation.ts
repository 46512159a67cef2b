import type { CryptoCore } from '@selvage/crypto';

/** The kind of root of trust that this program is, whatever its version. */
const name = 'x.org.selvage/secure-world/process';

/** What tokens name it by, 32 bytes (RFC 9783 §4.2.2). */
export function implementationId(core: CryptoCore): Uint8Array {
  return core.hash('sha256', new TextEncoder().encode(name));
}
