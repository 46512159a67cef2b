import { challengeOf } from '../challenge.js';
import { fullAddresses, type RegistrationContexts } from '../registered-addresses.js';
import type { ParentInquiry } from './parent-inquiry.js';
import type { MleCommand } from '../mle-message.js';
import type { MleTlvs } from '../mle-tlvs.js';

/** Types that a Child ID Request may ask for. */
const mostWanted = 6;

/** What a parent is asked; `undefined` where a TLV that must be there is missing, or it is no such message. */
export function readParentInquiry(
  command: MleCommand,
  tlvs: MleTlvs,
  contexts: RegistrationContexts,
): ParentInquiry | undefined {
  const { mode, version, timeout, tlvRequest, supervisionInterval: supervision, sourceAddress: source } = tlvs;
  const timestamps = { active: tlvs.activeTimestamp, pending: tlvs.pendingTimestamp };
  const challenge = challengeOf(tlvs.challenge);
  const answers = challengeOf(tlvs.response);
  const addresses = tlvs.addressRegistration && fullAddresses(tlvs.addressRegistration, contexts);
  switch (command) {
    case 'parentRequest': {
      if (challenge === undefined || version === undefined || tlvs.scanMask === undefined) return undefined;
      return { kind: 'parent-request', challenge, version, asked: tlvs.scanMask };
    }
    case 'childIdRequest': {
      if (answers === undefined || mode === undefined || timeout === undefined) return undefined;
      if (version === undefined || tlvRequest === undefined || tlvRequest.length > mostWanted) return undefined;
      const common = { mode, timeout, version, wanted: tlvRequest, supervision: supervision ?? 0 };
      return { kind: 'child-id-request', answers, ...common, addresses, timestamps };
    }
    case 'childUpdateRequest':
      return mode === undefined
        ? undefined
        : { kind: 'child-update-request', source, challenge, mode, timeout, supervision, addresses };
    case 'childUpdateResponse':
      return { kind: 'child-update-response', source, answers, timeout, addresses };
    case 'dataRequest':
      return tlvRequest === undefined ? undefined : { kind: 'data-request', wanted: tlvRequest, timestamps };
    default:
      return undefined;
  }
}
