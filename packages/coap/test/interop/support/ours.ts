import { systemEntropy } from '@selvage/core';
import { systemClock, type UdpAddress, udpAddress, UdpPort } from '@selvage/core/node';
import { onTestFinished } from 'vitest';
import { CoapTransport, type CoapTransportOptions } from '../../../src/index.js';

/** The address of OCF's group, which works on the loopback. */
export const groupAddress = '224.0.1.187';
export const loopback = '127.0.0.1';

/** An endpoint of ours on the loopback; it ends with the test. */
export interface Ours {
  readonly coap: CoapTransport<UdpAddress>;
  readonly port: number;
  readonly errors: unknown[];
}

type Options = Partial<CoapTransportOptions<UdpAddress>>;

export async function open(options: Options = {}): Promise<Ours> {
  const port = await UdpPort.bind({ multicastInterface: loopback });
  const errors: unknown[] = [];
  const own = {
    port,
    clock: systemClock,
    entropy: systemEntropy,
    onError: (error: unknown) => void errors.push(error),
  };
  const coap = new CoapTransport<UdpAddress>({ ...own, ...options });
  onTestFinished(() => coap.close());
  return { coap, port: port.local.port, errors };
}

/** The port of a group on the loopback. */
export async function joinGroup(): Promise<UdpPort> {
  return UdpPort.bind({ address: groupAddress, groups: [groupAddress], multicastInterface: loopback });
}

export function at(port: number, address = loopback): UdpAddress {
  return udpAddress(address, port);
}

/** A UDP port that nobody uses, for a program that does not say which one the system chose for it. */
export async function freePort(): Promise<number> {
  const port = await UdpPort.bind();
  port.close();
  return port.local.port;
}

/** Waits for what comes over the wire, within reason. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 120_000;
  while (!holds()) {
    if (performance.now() > end) throw new RangeError('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
