import { type PeerAddress, Secret, systemEntropy } from '@selvage/core';
import { VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import type { CryptoCore } from '@selvage/crypto';
import { DtlsTransport } from '@selvage/dtls';
import type { Work } from './work.js';

/** What lets a Thread device join: both sides of it. */
export const handshakeWork: Work = {
  name: 'joining',
  what: 'an EC-JPAKE handshake, both sides',
  async prepare(core: CryptoCore) {
    const clock = new VirtualClock();
    const network = new VirtualNetwork({ clock, seed: 'bench', delay: 1 });
    const configuration = {
      core,
      entropy: systemEntropy,
      suites: ['TLS_ECJPAKE_WITH_AES_128_CCM_8'],
      credentials: { passphrase: Secret.text('J01NME') },
    } as const;
    const server = network.open('server');
    new DtlsTransport<PeerAddress>({ port: server, clock, server: configuration });
    const client = new DtlsTransport<PeerAddress>({ port: network.open('client'), clock });
    const join = async (): Promise<void> => {
      let isOpen = false;
      const opening = client.connect(server.address, configuration).then((socket) => {
        isOpen = true;
        return socket;
      });
      await clock.runUntil(() => isOpen);
      (await opening).close();
      clock.runUntilIdle();
    };
    return () => Promise.resolve(join);
  },
};
