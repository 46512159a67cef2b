import { encode, tryDecode } from '@selvage/core';
import { foreignText } from '../tlv/foreign-text.js';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';
import type { JoinerFacts } from './joiner-facts.js';

/** The path of JOIN_FIN. */
export const finalisationPath = '/c/jf';

/** Ours, as in {@link JoinerFacts}: no registered maker, version 1.0 of the stack (Thread 1.3 §8.10.1.26). */
const stackVersion = Uint8Array.of(0, 0, 0, 0, 0x01, 0x00);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** The payload of a JOIN_FIN request: the joiner accepts the network, and says what it is. */
export function finalisationRequest(facts: JoinerFacts): Uint8Array {
  const tlvs: MeshcopTlv[] = [
    { type: 'state', value: 'accept' },
    { type: 'vendorName', value: text(facts.vendorName) },
    { type: 'vendorModel', value: text(facts.vendorModel) },
    { type: 'vendorSoftwareVersion', value: text(facts.vendorSoftwareVersion) },
    { type: 'vendorStackVersion', value: facts.vendorStackVersion ?? stackVersion },
  ];
  if (facts.vendorData !== undefined) tlvs.push({ type: 'vendorData', value: text(facts.vendorData) });
  if (facts.provisioningUrl !== undefined) tlvs.push({ type: 'provisioningUrl', value: text(facts.provisioningUrl) });
  return encode(meshcopTlvs, tlvs);
}

/** What a joiner said of itself; undefined where it does not accept, or the message is malformed. */
export function readFinalisationRequest(payload: Uint8Array): JoinerFacts | undefined {
  const tlvs = tryDecode(meshcopTlvs, payload) ?? [];
  if (meshcopTlvs.first(tlvs, 'state') !== 'accept') return undefined;
  const [data, url] = [meshcopTlvs.first(tlvs, 'vendorData'), meshcopTlvs.first(tlvs, 'provisioningUrl')];
  const stack = meshcopTlvs.first(tlvs, 'vendorStackVersion');
  return {
    vendorName: foreignText(meshcopTlvs.first(tlvs, 'vendorName')),
    vendorModel: foreignText(meshcopTlvs.first(tlvs, 'vendorModel')),
    vendorSoftwareVersion: foreignText(meshcopTlvs.first(tlvs, 'vendorSoftwareVersion')),
    ...(stack === undefined ? {} : { vendorStackVersion: stack }),
    ...(data === undefined ? {} : { vendorData: foreignText(data) }),
    ...(url === undefined ? {} : { provisioningUrl: foreignText(url) }),
  };
}

/** The payload of a JOIN_FIN response. */
export function finalisationResponse(state: 'accept' | 'reject'): Uint8Array {
  return encode(meshcopTlvs, [{ type: 'state', value: state }]);
}

/** Whether a JOIN_FIN response accepts. */
export function isAccepted(payload: Uint8Array): boolean {
  return meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'state') === 'accept';
}
