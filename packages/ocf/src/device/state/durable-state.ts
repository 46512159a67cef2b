import type { DeviceStateName } from '../../security/device-state.js';
import { noMethod } from '../../security/transfer-method.js';
import { type SecurityProfile, securityProfiles } from '../../security/sp.js';
import { nilUuid, type Uuid } from '../../uuid/uuid.js';
import type { StoredCredential } from './stored-credential.js';
import type { StoredEntry } from './stored-entry.js';

/** Who owns each of the resources that have an owner. */
export interface ResourceOwners {
  readonly doxm: Uuid;
  readonly pstat: Uuid;
  readonly cred: Uuid;
  readonly acl2: Uuid;
}

/**
 * All that a device must not forget. It is replaced as a whole: what a request changes is in the store before the
 * request is answered, or nothing of it is.
 */
export interface DurableState {
  /** RESET is written ahead of the wipe that a hard reset is; a device that starts with it finishes the wipe. */
  readonly dos: DeviceStateName;
  readonly deviceuuid: Uuid;
  readonly devowneruuid: Uuid;
  readonly owned: boolean;
  /** The number of the owner transfer method that was chosen. */
  readonly oxmsel: number;
  /** Operational mode, and target provisioning mode. */
  readonly om: number;
  readonly tm: number;
  readonly rowners: ResourceOwners;
  readonly credentials: readonly StoredCredential[];
  readonly entries: readonly StoredEntry[];
  readonly domain: { readonly uuid: Uuid; readonly name: string; readonly priv: boolean };
  readonly profiles: { readonly current: SecurityProfile; readonly supported: readonly SecurityProfile[] };
  /** What the audit log takes. */
  readonly filters: { readonly category: number; readonly priority: number };
  /** Names the device for good (`piid`), and the platform that it runs on (`pi`). */
  readonly permanent: Uuid;
  readonly platform: Uuid;
  /** The ID of the device's own key pair in its key home. */
  readonly keyId: string;
}

/** What of a device a hard reset makes anew, and what stays. */
export type Birth = Pick<DurableState, 'deviceuuid' | 'permanent' | 'platform' | 'keyId'>;

const nobody: ResourceOwners = { doxm: nilUuid, pstat: nilUuid, cred: nilUuid, acl2: nilUuid };

/** A device that nobody owns, ready for owner transfer. */
export function unowned({ deviceuuid, permanent, platform, keyId }: Birth): DurableState {
  return {
    dos: 'RFOTM',
    deviceuuid,
    devowneruuid: nilUuid,
    owned: false,
    oxmsel: noMethod,
    om: 3,
    tm: 0,
    rowners: nobody,
    credentials: [],
    entries: [],
    domain: { uuid: nilUuid, name: '', priv: false },
    profiles: { current: securityProfiles.baseline, supported: [securityProfiles.baseline] },
    filters: { category: 255, priority: 4 },
    permanent,
    platform,
    keyId,
  };
}

/** Whether anything of an owner transfer has been written: such a state cannot outlive its onboarding connection. */
export function isTransferBegun(state: DurableState): boolean {
  if (state.dos !== 'RFOTM') return false;
  const { doxm, pstat, cred, acl2 } = state.rowners;
  const owners = [state.devowneruuid, doxm, pstat, cred, acl2, state.domain.uuid];
  return (
    state.owned ||
    state.oxmsel !== noMethod ||
    state.credentials.length > 0 ||
    state.entries.length > 0 ||
    owners.some((owner) => owner !== nilUuid)
  );
}
