import type { DatagramPort } from '@selvage/core';
import type { addressResolver, UdpAddress } from '@selvage/core/node';

/** What an OCF client has of a network: two ports, where to ask all devices, and how to read their addresses. */
export interface ClientPorts {
  readonly plain: DatagramPort<UdpAddress>;
  readonly secured: DatagramPort<UdpAddress>;
  readonly groups: readonly UdpAddress[];
  /** How often they are asked; 1 where it is left out. */
  readonly asks?: number;
  readonly resolve: ReturnType<typeof addressResolver>;
}

/** A network that a client is on. */
export interface ClientNetwork {
  readonly ports: ClientPorts;
  /** What people call it. */
  readonly name: string;
  /** What a person does where nobody answers. */
  readonly advice: string;
  /** How long a device is given for a handshake where it was last, ms: after that it is looked for. */
  readonly firstTry: number;
  /** How long a device has for an answer of several blocks, ms. */
  readonly patience: number;
  /** Closes what is below the ports, when those are closed. */
  close(): Promise<void>;
}
