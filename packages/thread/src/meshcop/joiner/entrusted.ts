import { tryDecode } from '@selvage/core';
import { Dataset, type DatasetChanges } from '../../dataset/dataset.js';
import { meshcopTlvs } from '../tlv/meshcop-tlvs.js';

/** The path of JOIN_ENT. */
export const entrustPath = 'c/je';

/** What a joiner was entrusted with. */
export interface Entrusted {
  readonly dataset: Dataset;
  readonly keySequence: number;
}

/** Where the network was found. */
export interface WhereFound {
  readonly panId: number;
  readonly channel: number;
}

/**
 * Reads JOIN_ENT: the operational dataset as far as the joiner router told it, and where the network was found (Thread
 * 1.3 §8.4.4.6). Undefined for a message that is malformed, or lacks the network key or the mesh-local prefix, without which
 * no node takes part.
 */
export function readEntrusted(payload: Uint8Array, { panId, channel }: WhereFound): Entrusted | undefined {
  const tlvs = tryDecode(meshcopTlvs, payload) ?? [];
  const networkKey = meshcopTlvs.first(tlvs, 'networkKey');
  const meshLocalPrefix = meshcopTlvs.first(tlvs, 'meshLocalPrefix');
  if (networkKey?.length !== 16 || meshLocalPrefix === undefined) return undefined;
  const told: DatasetChanges = {
    activeTimestamp: meshcopTlvs.first(tlvs, 'activeTimestamp'),
    channel: { page: 0, channel },
    channelMask: meshcopTlvs.first(tlvs, 'channelMask'),
    extendedPanId: meshcopTlvs.first(tlvs, 'extendedPanId'),
    meshLocalPrefix,
    networkKey,
    networkName: meshcopTlvs.first(tlvs, 'networkName'),
    panId,
    pskc: meshcopTlvs.first(tlvs, 'pskc'),
    securityPolicy: meshcopTlvs.first(tlvs, 'securityPolicy'),
  };
  return { dataset: Dataset.make(told), keySequence: meshcopTlvs.first(tlvs, 'networkKeySequence') ?? 0 };
}
