import { encode, type Instant } from '@selvage/core';
import { type Leader, type Solicited, solicitStatus } from '../mle/leader/leader.js';
import type { SolicitStatus } from '../mle/reed/reed-state.js';
import { routerIdsOf, routerMaskOf } from '../mle/tlv/route64.js';
import { networkLayerTlvs, readNetworkLayer } from './network-layer-tlvs.js';

/** Of Address Solicit and Address Release (Thread 1.3 §5.9.10). */
export const routerIdPaths = { solicit: 'a/as', release: 'a/ar' } as const;

const codes: Readonly<Record<SolicitStatus, number>> = {
  'too-few-routers': solicitStatus.tooFewRouters,
  'child-id-request': solicitStatus.childIdRequest,
  'partition-change': solicitStatus.partitionChange,
};
const noBytes = new Uint8Array(0);

/** What Address Solicit says. @param wanted the RLOC16 that one had before */
export function solicitPayload(extended: Uint8Array, status: SolicitStatus, wanted: number | undefined): Uint8Array {
  return encode(networkLayerTlvs, [
    { type: 'extended', value: extended },
    ...(wanted === undefined ? [] : [{ type: 'rloc16', value: wanted } as const]),
    { type: 'status', value: codes[status] },
  ]);
}

/** What Address Release says. */
export function releasePayload(extended: Uint8Array, rloc16: number): Uint8Array {
  return encode(networkLayerTlvs, [
    { type: 'rloc16', value: rloc16 },
    { type: 'extended', value: extended },
  ]);
}

/** What a leader answered to Address Solicit; `undefined` for a refusal, or what is no answer. */
export function readSolicited(payload: Uint8Array): Extract<Solicited, { status: 0 }> | undefined {
  const entries = readNetworkLayer(payload);
  if (entries === undefined || networkLayerTlvs.first(entries, 'status') !== 0) return undefined;
  const rloc16 = networkLayerTlvs.first(entries, 'rloc16');
  const routers = networkLayerTlvs.first(entries, 'routerMask');
  if (rloc16 === undefined || routers === undefined) return undefined;
  return { status: 0, rloc16, idSequence: routers.idSequence, ids: routerIdsOf(routers.mask) };
}

/** A leader's answer to Address Solicit; `undefined`, which is silence, for one that does not say who asks. */
export function answerSolicit(payload: Uint8Array, leader: Leader, now: Instant): Uint8Array | undefined {
  const entries = readNetworkLayer(payload);
  const extended = entries && networkLayerTlvs.first(entries, 'extended');
  const status = entries && networkLayerTlvs.first(entries, 'status');
  if (entries === undefined || extended === undefined || status === undefined) return undefined;
  const before = networkLayerTlvs.first(entries, 'rloc16');
  const answer = leader.solicit({ extended, status, wanted: before && before >> 10 }, now);
  const { status: code } = answer;
  if (answer.status !== 0) return encode(networkLayerTlvs, [{ type: 'status', value: code }]);
  const { rloc16, idSequence, ids } = answer;
  return encode(networkLayerTlvs, [
    { type: 'status', value: code },
    { type: 'rloc16', value: rloc16 },
    { type: 'routerMask', value: { idSequence, mask: routerMaskOf(ids) } },
  ]);
}

/** A leader's answer to Address Release; silence for an id that is not the asker's. */
export function answerRelease(payload: Uint8Array, leader: Leader, now: Instant): Uint8Array | undefined {
  const entries = readNetworkLayer(payload);
  const extended = entries && networkLayerTlvs.first(entries, 'extended');
  const rloc16 = entries && networkLayerTlvs.first(entries, 'rloc16');
  if (extended === undefined || rloc16 === undefined) return undefined;
  return leader.release(extended, rloc16, now) ? noBytes : undefined;
}
