import { type Entropy, type PeerAddress, SelvageError } from '@selvage/core';
import type { GrantedRole } from '@selvage/pki';
import type { AccessEntry, AccessEntryInput } from '../../security/access-entry.js';
import { readAcl2 } from '../../security/acl2.js';
import { readCred } from '../../security/cred.js';
import { type Credential, credentialTypes } from '../../security/credential.js';
import { securityPaths } from '../../security/paths.js';
import { type Pstat, readPstat } from '../../security/pstat.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { DeviceAccess, ProgressListener } from '../device-access.js';
import { type OwnedDevice, ownedDevice } from '../owned-device.js';
import { carryOut } from '../step.js';
import type { TaskContext } from './context.js';
import { provision, type ProvisioningState } from './frame.js';
import { pairDevices } from './pair.js';
import type { ProvisioningTask } from './task.js';

/** How something is provisioned. */
export interface ProvisioningOptions {
  /** Days that certificates hold. */
  readonly days?: number | undefined;
  readonly onProgress?: ProgressListener;
}

/**
 * What an owner gives its devices and takes from them: access, certificates, roles, keys.
 *
 * Every method that changes something rejects with SelvageError `not-owned`, `device-not-found`, `wrong-state` (an earlier
 * operation was broken off: resume first), `provisioning-refused` or `access-refused` (the device refuses, and is back in
 * normal operation), and `timed-out` or `session-closed` (it fell silent on the way: resume).
 */
export class DeviceProvisioning<Address extends PeerAddress> {
  readonly #access: DeviceAccess<Address>;
  readonly #entropy: Entropy;

  constructor(access: DeviceAccess<Address>, entropy: Entropy) {
    this.#access = access;
    this.#entropy = entropy;
  }

  /** Carries tasks out, one after the other, in one stay out of normal operation. */
  run(
    device: Uuid,
    tasks: readonly ProvisioningTask[],
    { onProgress }: ProvisioningOptions = {},
  ): Promise<OwnedDevice> {
    return this.#provision(device, tasks, 'RFPRO', onProgress);
  }

  /** Adds access control entries. */
  grant(device: Uuid, entries: readonly AccessEntryInput[], options?: ProvisioningOptions): Promise<OwnedDevice> {
    return this.run(device, [{ kind: 'access', entries }], options);
  }

  /** Removes an access control entry. */
  revoke(device: Uuid, aceid: number, options?: ProvisioningOptions): Promise<OwnedDevice> {
    return this.run(device, [{ kind: 'remove-access', aceid }], options);
  }

  /** Gives a device an identity certificate, in place of the one that it has. */
  identity(device: Uuid, options: ProvisioningOptions = {}): Promise<OwnedDevice> {
    return this.run(device, [{ kind: 'identity', days: options.days }], options);
  }

  /** Gives a device a role certificate for each role. */
  roles(device: Uuid, roles: readonly GrantedRole[], options: ProvisioningOptions = {}): Promise<OwnedDevice> {
    return this.run(device, [{ kind: 'roles', roles, days: options.days }], options);
  }

  /** Has a device trust another authority, in DER, to vouch for all devices or for one. */
  trust(
    device: Uuid,
    authority: { readonly certificate: Uint8Array; readonly subject?: Uuid | '*' },
    options?: ProvisioningOptions,
  ): Promise<OwnedDevice> {
    return this.run(device, [{ kind: 'anchor', ...authority }], options);
  }

  /** Gives two devices a key that nobody else has. One that they shared before is removed. */
  pair(a: Uuid, b: Uuid, { onProgress }: ProvisioningOptions = {}): Promise<void> {
    if (a === b) return Promise.reject(new SelvageError('invalid-argument', 'a device is not paired with itself'));
    return this.#access.inTurn([a, b], async () => {
      const first = await this.#access.ready(a, onProgress);
      const second = await this.#access.ready(b, onProgress);
      await pairDevices([first, second], { journal: this.#access.parts.journal, entropy: this.#entropy });
    });
  }

  /** Removes the key that two devices share, from both. */
  async unpair(a: Uuid, b: Uuid, options?: ProvisioningOptions): Promise<void> {
    await this.run(a, [{ kind: 'unpair', peer: b }], options);
    await this.run(b, [{ kind: 'unpair', peer: a }], options);
  }

  /**
   * Removes a credential.
   * @throws SelvageError (rejects) `invalid-argument` for the owner's own: without it nobody could provision the device.
   */
  removeCredential(device: Uuid, credid: number, { onProgress }: ProvisioningOptions = {}): Promise<OwnedDevice> {
    const work = async (context: TaskContext<Address>): Promise<OwnedDevice> => {
      const { creds, rowneruuid } = readCred(await read(context, securityPaths.cred));
      const owner = creds.find(({ credtype, subjectuuid }) => isKey(credtype) && subjectuuid === rowneruuid);
      if (owner?.credid === credid) throw ownersOwn(device, credid);
      return this.#carryOut([{ kind: 'remove-credential', credid }], context);
    };
    return this.#access.onDevice(device, work, onProgress);
  }

  /**
   * Takes a device through SRESET: it keeps what was provisioned, lets its owner mend it, and returns through RFPRO to
   * normal operation.
   */
  softReset(
    device: Uuid,
    tasks: readonly ProvisioningTask[] = [],
    options: ProvisioningOptions = {},
  ): Promise<OwnedDevice> {
    return this.#provision(device, tasks, 'SRESET', options.onProgress);
  }

  /** The credentials of a device, without what is secret in them. */
  credentials(device: Uuid): Promise<readonly Credential[]> {
    const work = async (context: TaskContext<Address>) => readCred(await read(context, securityPaths.cred)).creds;
    return this.#access.onDevice(device, work);
  }

  /** The access control list of a device. */
  accessList(device: Uuid): Promise<readonly AccessEntry[]> {
    const work = async (context: TaskContext<Address>) => readAcl2(await read(context, securityPaths.acl2)).aclist2;
    return this.#access.onDevice(device, work);
  }

  /** The state of a device. */
  state(device: Uuid): Promise<Pstat> {
    return this.#access.onDevice(device, async (context) => readPstat(await read(context, securityPaths.pstat)));
  }

  #provision(
    device: Uuid,
    tasks: readonly ProvisioningTask[],
    through: ProvisioningState,
    onProgress: ProgressListener,
  ): Promise<OwnedDevice> {
    return this.#access.onDevice(device, (context) => this.#carryOut(tasks, context, through), onProgress);
  }

  async #carryOut(
    tasks: readonly ProvisioningTask[],
    context: TaskContext<Address>,
    through: ProvisioningState = 'RFPRO',
  ): Promise<OwnedDevice> {
    return ownedDevice(await provision(tasks, context, { journal: this.#access.parts.journal, through }));
  }
}

async function read<Address extends PeerAddress>(context: TaskContext<Address>, path: string) {
  const step = { name: `read ${path}`, request: { method: 'GET', path } } as const;
  const { value } = await carryOut(context.session, step, context);
  return value;
}

function isKey(credtype: number): boolean {
  return credtype === credentialTypes.symmetricPairwise;
}

function ownersOwn(device: Uuid, credid: number): SelvageError {
  return new SelvageError('invalid-argument', `credential ${credid} of device ${device} is its owner's own key`, {
    remedy: 'to let the device go, reset it',
  });
}
