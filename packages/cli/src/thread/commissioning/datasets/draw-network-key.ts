import { type Entropy, Secret } from '@selvage/core';

const networkKeyLength = 16;

/** Another network key. @throws SelvageError `entropy-failed` */
export function drawNetworkKey(entropy: Entropy): Secret {
  const bytes = new Uint8Array(networkKeyLength);
  entropy.fill(bytes);
  const key = Secret.of(bytes);
  bytes.fill(0);
  return key;
}
