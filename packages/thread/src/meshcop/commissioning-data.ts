import { encode, tlvs, tryDecode } from '@selvage/core';
import type { NetworkData } from '../netdata/network-data.js';
import { isEmpty } from './steering/steering-data.js';
import { meshcopTlvs } from './tlv/meshcop-tlvs.js';

/** What network data says of commissioning (Thread 1.3 §5.18.4). */
export interface CommissioningData {
  readonly sessionId: number | undefined;
  /** The RLOC16 of the border agent; undefined while nobody commissions. */
  readonly borderAgent: number | undefined;
  readonly steeringData: Uint8Array | undefined;
  readonly joinerUdpPort: number;
}

/** Where a joiner router listens, if the commissioner wants no other (Thread 1.3 §8.4.4.2). */
export const usualJoinerUdpPort = 1000;
const nothing: CommissioningData = {
  sessionId: undefined,
  borderAgent: undefined,
  steeringData: undefined,
  joinerUdpPort: usualJoinerUdpPort,
};

export function commissioningData(networkData: NetworkData): CommissioningData {
  const found = networkData.find((tlv) => tlv.type === 'commissioning');
  if (found?.type !== 'commissioning') return nothing;
  const entries = tryDecode(meshcopTlvs, encode(tlvs, found.value)) ?? [];
  return {
    sessionId: meshcopTlvs.first(entries, 'commissionerSessionId'),
    borderAgent: meshcopTlvs.first(entries, 'borderAgentLocator'),
    steeringData: meshcopTlvs.first(entries, 'steeringData'),
    joinerUdpPort: meshcopTlvs.first(entries, 'joinerUdpPort') ?? usualJoinerUdpPort,
  };
}

/** Whether a router of the network has anything to do with joiners. */
export function takesJoiners({ borderAgent, steeringData }: CommissioningData): boolean {
  return borderAgent !== undefined && steeringData !== undefined && !isEmpty(steeringData);
}
