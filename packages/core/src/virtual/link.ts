import { VirtualNetwork, type VirtualNetworkOptions, type VirtualPort } from './network.js';

/** Two ports that talk to each other: the smallest network, for tests of one pair. */
export class VirtualLink {
  readonly network: VirtualNetwork;
  readonly a: VirtualPort;
  readonly b: VirtualPort;

  constructor(options: VirtualNetworkOptions) {
    this.network = new VirtualNetwork(options);
    this.a = this.network.open('a');
    this.b = this.network.open('b');
  }
}
