import { type Decoded, sequence, tlvs } from '@selvage/core';
import { prefixTlv } from './prefix-tlv.js';
import { serviceTlv } from './service-tlv.js';
import { stableTlv } from './stable-tlv.js';

/** Bytes that the network data of a partition may have. */
export const longestNetworkData = 254;

/**
 * What the leader knows of a network and gives to everybody: prefixes with their border routers and contexts, services
 * with their servers, and who commissions (Thread 1.3 §5.18). Order and unknown TLVs survive a round trip.
 */
export const networkData = sequence(
  stableTlv({
    prefix: [1, prefixTlv],
    /** MeshCoP TLVs: the commissioner's session, its border agent, steering data. */
    commissioning: [4, tlvs],
    service: [5, serviceTlv],
  }),
);

/** The TLVs of network data. */
export type NetworkData = Decoded<typeof networkData>;
