import type { Uuid } from '../uuid/uuid.js';

/** Which security domain a device is in, as far as it tells. */
export interface SecurityDomain {
  readonly uuid: Uuid;
  readonly name: string;
}

/** Who a device is, beside what its model says. */
export interface DeviceFacts {
  /** `di`: changes with its owner. */
  readonly device: Uuid;
  /** `piid`: stays the same for good. */
  readonly permanent: Uuid;
  /** `pi`: of the platform that it runs on. */
  readonly platform: Uuid;
  /** `undefined` where it is in none, or keeps that private. */
  readonly domain: SecurityDomain | undefined;
}
