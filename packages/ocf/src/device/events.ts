import type { SelvageError } from '@selvage/core';
import type { Changed } from '../model/table.js';
import type { DeviceStateName } from '../security/device-state.js';
import type { Uuid } from '../uuid/uuid.js';

/** What a device tells of itself. */
export type DeviceEvent =
  /** The device's state, its owner or its name has changed; it is durable. */
  | {
      readonly kind: 'state';
      readonly state: DeviceStateName;
      readonly before: DeviceStateName;
      /** The nil UUID: nobody. */
      readonly owner: Uuid;
      readonly device: Uuid;
    }
  /** Values of a resource have changed. */
  | { readonly kind: 'changed'; readonly change: Changed }
  /** A request was denied. */
  | {
      readonly kind: 'denied';
      readonly method: string;
      readonly path: string;
      /** Who asked, if that is known. */
      readonly peer: Uuid | undefined;
    }
  /** Somebody could not open a session. */
  | { readonly kind: 'handshake-failed'; readonly from: string; readonly error: SelvageError }
  /** Something within the device failed; it goes on. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Hears what a device tells. */
export type DeviceListener = (event: DeviceEvent) => void;
