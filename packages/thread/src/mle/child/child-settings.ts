import type { DeviceMode } from '../tlv/mode.js';

/** What a child says of itself. */
export interface ChildSettings {
  /** Its receiver is on only when it polls. */
  readonly sleepy: boolean;
  /** It is a full device: it resolves addresses itself, keeps the routes of its partition, and may become a router. */
  readonly full: boolean;
  /** Seconds after which the parent forgets it; 240 by default. */
  readonly timeout: number;
  /** Seconds between polls... of a sleepy one, milliseconds. */
  readonly pollPeriod: number;
  /** Seconds of silence after which the parent is asked whether it is there; 190 by default. */
  readonly supervision: number;
  /** Seconds within which the parent is asked to be heard; 129 by default. */
  readonly supervisionInterval: number;
}

/** The Mode TLV of a child. A sleepy one takes stable network data alone. */
export function childMode({ sleepy, full }: Pick<ChildSettings, 'sleepy' | 'full'>): DeviceMode {
  return {
    receiverOnWhenIdle: !sleepy,
    secureDataRequests: true,
    fullThreadDevice: full,
    fullNetworkData: !sleepy,
    reserved: 0,
  };
}
