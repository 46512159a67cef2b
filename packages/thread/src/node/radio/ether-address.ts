import type { UdpEtherOptions } from './udp-ether-options.js';

export const etherGroup = '224.0.0.116';
export const loopback = '127.0.0.1';
/** OpenThread's simulated radio gives every frame this strength, dBm. */
export const etherRssi = -20;

const defaultPortBase = 9000;
/** OpenThread's OT_SIMULATION_MAX_NETWORK_SIZE. */
export const defaultNetworkSize = 33;

/** The port that everybody on an ether listens on; node n sends from the n-th after it. */
export function etherPort(options: Omit<UdpEtherOptions, 'node'>): number {
  const { portBase = defaultPortBase, portOffset = 0, networkSize = defaultNetworkSize } = options;
  return portBase + portOffset * (networkSize + 1);
}
