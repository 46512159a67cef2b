import type { Instant } from '@selvage/core';
import { writeFrameCheck } from '../../mac/frame/frame-check.js';
import type { ReceivedFrame, TransmitOutcome } from '../radio.js';
import { type PropertyValue, receivedFlags, statuses } from './properties.js';

/** The check sequence is written anew: of some co-processors it is not what was on the air. */
export function frameOf({ psdu, rssi, flags, phy }: PropertyValue<'streamRaw'>, now: Instant): ReceivedFrame {
  const copy = Uint8Array.from(psdu);
  writeFrameCheck(copy);
  const acknowledgedWithPending = (flags & receivedFlags.acknowledgedWithPending) !== 0;
  return { psdu: copy, channel: phy.channel, rssi, at: now, acknowledgedWithPending };
}

/** How a transmission ended. */
export function outcomeOf(status: number): TransmitOutcome {
  switch (status) {
    case statuses.ok:
      return 'sent';
    case statuses.noAcknowledgement:
      return 'no-acknowledgement';
    case statuses.channelBusy:
    case statuses.busy:
      return 'channel-busy';
    default:
      return 'aborted';
  }
}

/** Text up to its zero; nothing in it moves a terminal. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
