import { type DatagramPort, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { ClientNetwork } from './client-network.js';

/** For verbs that ask nobody. */
export const noNetwork: ClientNetwork = {
  ports: { plain: closedPort(), secured: closedPort(), groups: [], resolve: () => undefined },
  name: 'no network',
  advice: '',
  firstTry: 0,
  patience: 0,
  close: () => Promise.resolve(),
};

function closedPort(): DatagramPort<UdpAddress> {
  return {
    maximumPayload: 0,
    send: () => {
      throw new SelvageError('port-closed', 'this command asks nobody');
    },
    onDatagram: () => undefined,
    close: () => undefined,
  };
}
