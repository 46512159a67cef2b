import { encode, SelvageError } from '@selvage/core';
import { type Correspondent, type MeshcopTlv, meshcopTlvs, type NetworkAccess } from '@selvage/thread';

/**
 * Asks the network one thing, without being its commissioner.
 * @throws SelvageError `timed-out`, `request-refused` where it is not answered
 */
export function asked(
  access: NetworkAccess,
  path: string,
  tlvs: readonly MeshcopTlv[] = [],
  to: Correspondent = { kind: 'leader' },
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    access.onNews((news) => {
      if (news.kind !== 'response') return;
      if (news.payload !== undefined) resolve(news.payload);
      else reject(news.error ?? new SelvageError('request-refused', `the network does not answer ${path}`));
    });
    access.request({ kind: 'request', id: 0, path, payload: encode(meshcopTlvs, tlvs), to, confirmable: true });
  });
}
