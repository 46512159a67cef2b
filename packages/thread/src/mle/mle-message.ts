import { type Decoded, enumeration, struct, u8 } from '@selvage/core';
import { mleTlvs } from './tlv/mle-tlvs.js';

/** Commands of MLE (Thread 1.3 §4.3). */
export const mleCommand = enumeration(u8, {
  linkRequest: 0,
  linkAccept: 1,
  linkAcceptAndRequest: 2,
  linkReject: 3,
  advertisement: 4,
  dataRequest: 7,
  dataResponse: 8,
  parentRequest: 9,
  parentResponse: 10,
  childIdRequest: 11,
  childIdResponse: 12,
  childUpdateRequest: 13,
  childUpdateResponse: 14,
  announce: 15,
  discoveryRequest: 16,
  discoveryResponse: 17,
  linkMetricsManagementRequest: 18,
  linkMetricsManagementResponse: 19,
  linkProbe: 20,
  timeSync: 99,
});

/** `uint8 command; TLVs…`: an MLE message in clear, Thread 1.3 §4.3. */
export const mleMessage = struct({ command: mleCommand, tlvs: mleTlvs });

/** An MLE message in clear. */
export type MleMessage = Decoded<typeof mleMessage>;
/** The name of a command. */
export type MleCommand = Extract<MleMessage['command'], string>;
