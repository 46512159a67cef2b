import type { MacAddress } from '../mac/address.js';

/** Between whom a packet travels on the link: the frame's addresses, or those of its mesh header. */
export interface LinkPair {
  readonly source: MacAddress;
  readonly destination: MacAddress;
}
