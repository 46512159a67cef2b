import type { Dataset } from '@selvage/thread';
import type { RadioName } from '../radio/radio-name.js';

/** A Thread network, and the radio that it is reached by. */
export interface KnownNetwork {
  readonly dataset: Dataset;
  readonly radio: RadioName;
}
