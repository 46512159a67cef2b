import type { Instant } from '@selvage/core';
import type { ScanDone, ScanRequest } from '../../mac/scanner.js';
import type { MeshcopTlv } from '../tlv/meshcop-tlvs.js';

/** What looks around for a commissioner calls. */
export interface SurveyHost {
  /** Looks at a channel, of which `done` tells what was found, never before `scan` returns. */
  scan(request: ScanRequest, done: ScanDone): void;
  /** Tells the commissioner, in a confirmable POST. */
  report(path: string, tlvs: readonly MeshcopTlv[], to: Uint8Array, now: Instant): void;
}

/** Before the first look, milliseconds: the question reaches the others while the radio is still here. */
export const scanDelay = 1000;
/** Between looks at other channels the node is in its network for so long at least, milliseconds. */
export const presence = 100;
