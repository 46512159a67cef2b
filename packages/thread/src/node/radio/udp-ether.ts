import { type Clock, SelvageError } from '@selvage/core';
import { UdpPort, udpAddress } from '@selvage/core/node';
import { hasGoodCheck } from '../../mac/frame/frame-check.js';
import { longestPsdu } from '../../mac/room.js';
import { requireChannel, requirePsdu } from '../../radio/channel.js';
import type { Radio, RadioCapabilities, RadioEvent, RadioTransmission } from '../../radio/radio.js';
import { defaultNetworkSize, etherGroup as group, etherPort, etherRssi, loopback } from './ether-address.js';
import type { UdpEtherOptions } from './udp-ether-options.js';

const acknowledgementTimeout = 16;
const sensitivity: number = -100;

/**
 * A radio on the ether of OpenThread's simulation, where real OpenThread nodes are: each frame is one multicast datagram
 * on the loopback interface, `channel (1) ‖ PSDU`. Nothing collides there and nothing takes time.
 */
export class UdpEtherRadio implements Radio {
  readonly capabilities: RadioCapabilities = {
    acknowledges: false,
    repeats: false,
    acknowledgementTimeout,
    sensitivity,
    sharesChannel: false,
  };
  /** Datagrams that were no frame, or whose frame check sequence was wrong. */
  damaged = 0;
  readonly #receiver: UdpPort;
  readonly #sender: UdpPort;
  readonly #port: number;
  readonly #clock: Clock;
  readonly #hears: (node: number) => boolean | number;
  #listener: ((event: RadioEvent) => void) | undefined;
  #channel: number | undefined;
  #measurement: { readonly channel: number; dBm: number } | undefined;
  #isOpen = true;

  private constructor(receiver: UdpPort, sender: UdpPort, options: UdpEtherOptions, clock: Clock) {
    this.#receiver = receiver;
    this.#sender = sender;
    this.#port = etherPort(options);
    this.#clock = clock;
    this.#hears = options.hears ?? (() => true);
    receiver.onDatagram((datagram, from) => this.#take(datagram, from.port));
  }

  /**
   * Joins the ether as one of its nodes.
   * @throws SelvageError `value-out-of-range` for the node, `address-in-use` where another one has its number,
   *   `port-failed`.
   */
  static async join(options: UdpEtherOptions, clock: Clock): Promise<UdpEtherRadio> {
    const { node, networkSize = defaultNetworkSize } = options;
    if (!Number.isInteger(node) || node < 1 || node > networkSize) {
      throw new SelvageError('value-out-of-range', `node ${node} is none of 1 to ${networkSize}`);
    }
    const port = etherPort(options);
    const common = { maximumPayload: longestPsdu + 1, multicastInterface: loopback };
    const receiver = await UdpPort.bind({ ...common, address: group, port, reuseAddress: true, groups: [group] });
    try {
      const sender = await UdpPort.bind({ ...common, address: loopback, port: port + node });
      return new UdpEtherRadio(receiver, sender, options, clock);
    } catch (error) {
      receiver.close();
      throw error;
    }
  }

  configure(): void {}

  listen(channel: number): void {
    this.#requireOpen();
    requireChannel(channel);
    this.#channel = channel;
  }

  sleep(): void {
    this.#requireOpen();
    this.#channel = undefined;
  }

  transmit({ id, psdu, channel }: RadioTransmission): void {
    this.#requireOpen();
    requireChannel(channel);
    requirePsdu(psdu);
    const datagram = new Uint8Array(1 + psdu.length);
    datagram[0] = channel;
    datagram.set(psdu, 1);
    this.#sender.send(datagram, udpAddress(group, this.#port));
    queueMicrotask(() => this.#listener?.({ kind: 'transmitted', id, outcome: 'sent', at: this.#clock.now() }));
  }

  /** The strongest frame of the channel: nothing else is on this air. */
  measureEnergy(channel: number, milliseconds: number): void {
    this.#requireOpen();
    const measurement = { channel, dBm: sensitivity };
    this.#measurement = measurement;
    this.#clock.wakeAt(this.#clock.now() + milliseconds, () => {
      if (this.#measurement === measurement) this.#measurement = undefined;
      this.#listener?.({ kind: 'energy', channel, dBm: measurement.dBm });
    });
  }

  onEvent(listener: (event: RadioEvent) => void): void {
    this.#requireOpen();
    this.#listener = listener;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener = undefined;
    this.#receiver.close();
    this.#sender.close();
  }

  #take(datagram: Uint8Array, fromPort: number): void {
    if (fromPort === this.#sender.local.port) return;
    const strength = this.#hears(fromPort - this.#port);
    if (strength === false) return;
    const [channel] = datagram;
    const psdu = datagram.subarray(1);
    if (channel === undefined || psdu.length > longestPsdu || !hasGoodCheck(psdu)) return void this.damaged++;
    const rssi = strength === true ? etherRssi : strength;
    const measurement = this.#measurement;
    if (measurement?.channel === channel) measurement.dBm = Math.max(measurement.dBm, rssi);
    if (channel !== this.#channel) return;
    const frame = { psdu, channel, rssi, at: this.#clock.now() };
    this.#listener?.({ kind: 'received', frame });
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw new SelvageError('port-closed', 'the radio is closed');
  }
}
