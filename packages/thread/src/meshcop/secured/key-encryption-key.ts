import { Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { DtlsConnection } from '@selvage/dtls';

const kekLength = 16;

/**
 * The key under which the joiner router entrusts the network key to the joiner: the first 16 bytes of SHA-256 of the TLS key
 * block (Thread 1.3 §8.4.4.5).
 * @throws SelvageError `wrong-state` for a session that is not open
 */
export function keyEncryptionKey(core: CryptoCore, connection: DtlsConnection): Secret {
  const block = connection.keyBlock();
  const digest = core.hash('sha256', block);
  const kek = Secret.of(digest.subarray(0, kekLength));
  block.fill(0);
  digest.fill(0);
  return kek;
}
