import { listOf } from '../../property/list.js';
import { oneOf } from '../../property/one-of.js';
import type { Valued } from '../../property/property-type.js';
import { optional, record } from '../../property/record.js';
import { integer } from '../../property/scalars.js';
import { text } from '../../property/text.js';

const component = record({
  /** Which part of the device, such as `firmware`. */
  type: optional(text()),
  version: optional(text()),
  /** What was measured, and whose key signed it: hexadecimal. */
  measurement: text(),
  signer: text(),
});

/** What a device has proven of itself when it was owned; bytes are in hexadecimal. */
export const attestedFacts = record({
  /** When it was judged, milliseconds since 1970. */
  at: integer(),
  instance: text(),
  implementation: text(),
  lifeCycle: text(),
  /** How its normal world is confined. */
  isolation: optional(text()),
  /** Whether its key was noted here, or its manufacturer vouches for it. */
  voucher: oneOf(['enrolled', 'certified']),
  components: listOf(component),
});

/** What a device has proven of itself when it was owned. */
export type AttestedFacts = Valued<typeof attestedFacts>;
