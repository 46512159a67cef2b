import { type Clock, SelvageError } from '@selvage/core';
import { UdpPort } from '@selvage/core/node';
import { hasGoodCheck } from '../../mac/frame/frame-check.js';
import { longestPsdu } from '../../mac/room.js';
import type { ReceivedFrame } from '../../radio/radio.js';
import { etherGroup, etherPort, etherRssi, loopback } from './ether-address.js';
import type { UdpEtherOptions } from './udp-ether-options.js';

/** A frame that passed, and the number of the node that sent it. */
export interface HeardFrame extends ReceivedFrame {
  readonly node?: number | undefined;
}

/**
 * Hears all channels of the ether of OpenThread's simulation and says nothing, so that it needs no node number.
 */
export class EtherListener {
  /** Datagrams that were no frame, or whose frame check sequence was wrong. */
  damaged = 0;
  readonly #port: UdpPort;

  private constructor(port: UdpPort) {
    this.#port = port;
  }

  /** @throws SelvageError `value-out-of-range`, `port-failed` */
  static async join(
    options: Omit<UdpEtherOptions, 'node'>,
    clock: Clock,
    onFrame: (frame: HeardFrame) => void,
  ): Promise<EtherListener> {
    const port = etherPort(options);
    if (!Number.isInteger(port) || port < 1 || port > 0xffff) {
      throw new SelvageError('value-out-of-range', `an ether on port ${port}`);
    }
    const socket = await UdpPort.bind({
      maximumPayload: longestPsdu + 1,
      multicastInterface: loopback,
      address: etherGroup,
      port,
      reuseAddress: true,
      groups: [etherGroup],
    });
    const listener = new EtherListener(socket);
    socket.onDatagram((datagram, from) => {
      const [channel] = datagram;
      const psdu = datagram.subarray(1);
      if (channel === undefined || psdu.length > longestPsdu || !hasGoodCheck(psdu)) return void listener.damaged++;
      onFrame({ psdu, channel, rssi: etherRssi, at: clock.now(), node: from.port - port });
    });
    return listener;
  }

  close(): void {
    this.#port.close();
  }
}
