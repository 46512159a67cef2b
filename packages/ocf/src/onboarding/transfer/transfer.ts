import { type CborValue, type Clock, type Entropy, type PeerAddress, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { OcfClient } from '../../client/client.js';
import type { FoundDevice } from '../../client/found-device.js';
import { isSuccess } from '../../client/request.js';
import type { OcfSession } from '../../client/session.js';
import { type Doxm, readDoxm } from '../../security/doxm.js';
import { ownerKey } from '../../security/owner-psk.js';
import { type TransferMethod, transferMethods } from '../../security/transfer-method.js';
import { newUuid, type Uuid } from '../../uuid/uuid.js';
import type { AttestedFacts } from '../journal/attested-facts.js';
import type { DeviceRecord } from '../journal/device-record.js';
import type { Journal } from '../journal/journal.js';
import { carryOutTasks, needCertificates } from '../provisioning/carry-out.js';
import { requireCertificates, requireIssuer } from '../provisioning/certificates.js';
import type { CertificateIssuer } from '../provisioning/issuer.js';
import type { ProvisioningTask } from '../provisioning/task.js';
import {
  asked,
  carryOut,
  carryOutAll,
  isRefusal,
  type Progress,
  refused,
  type Step,
  type StepContext,
} from '../step.js';
import { type AttestationPolicy, demandAttestation } from './attestation.js';
import { type ChosenMethod, type ConnectionSetting, type OnboardingConnection, openConnection } from './connection.js';
import { chooseMethod, type OwnershipPolicy } from './method-choice.js';
import {
  chooseMethodStep,
  claimSteps,
  enterStep,
  firstAccessSteps,
  ownSteps,
  readOwnership,
  type OwnerDomain,
} from './steps.js';

/** Gives the PIN that a device shows, once it shows it; `undefined` gives the transfer up. */
export type PinSource<Address extends PeerAddress> = (
  found: FoundDevice<Address>,
) => Secret | undefined | Promise<Secret | undefined>;

/** How a device is owned. */
export interface TransferOptions<Address extends PeerAddress> {
  /** The owner transfer method; the best that can be where it is left out. */
  readonly method?: TransferMethod | undefined;
  /** For Random PIN: the PIN that the device shows already, or how to get it once it does. */
  readonly pin?: Secret | PinSource<Address> | undefined;
  /** What is provisioned before the device enters normal operation, over the onboarding connection. */
  readonly tasks?: readonly ProvisioningTask[] | undefined;
  /** What this device must have been booted from, where that is not what the tool demands of all. */
  readonly attestation?: AttestationPolicy | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Who takes devices over, and with what. */
export interface TransferSetting<Address extends PeerAddress> extends ConnectionSetting {
  readonly client: OcfClient<Address>;
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly owner: Uuid;
  readonly domain: OwnerDomain;
  readonly policy: OwnershipPolicy;
  readonly attestation?: AttestationPolicy | undefined;
  readonly journal: Journal;
  readonly issuer: CertificateIssuer | undefined;
}

/** One ownership transfer, from reading doxm to normal operation. */
export class Transfer<Address extends PeerAddress> {
  readonly #setting: TransferSetting<Address>;
  readonly #found: FoundDevice<Address>;
  readonly #options: TransferOptions<Address>;
  readonly #context: StepContext;
  /** What the journal says of it, from when it says something. */
  record: DeviceRecord | undefined;
  /** Whether the device was told to enter RFPRO: from then on it may have its new owner for good. */
  mayBeOwned = false;

  constructor(setting: TransferSetting<Address>, found: FoundDevice<Address>, options: TransferOptions<Address>) {
    this.#setting = setting;
    this.#found = found;
    this.#options = options;
    this.#context = { device: found.device, refusal: 'transfer-refused', onProgress: options.onProgress };
  }

  /**
   * Carries it out.
   * @throws SelvageError (rejects) `device-not-found`, `already-owned`, `method-unavailable`, `wrong-pin`,
   *   `attestation-refused`, `transfer-refused`, `access-refused`, `store-failed`, and with what the handshake failed of.
   */
  async run(): Promise<DeviceRecord> {
    const doxm = await this.#readOwnership();
    const method = this.#chooseMethod(doxm);
    this.#checkTasks(doxm);
    const chosen = await this.#prepare(method, doxm);
    const connection = await this.#connect(chosen);
    try {
      const attested = await this.#demandAttestation(connection);
      return await this.#takeOver(connection, method, attested);
    } finally {
      connection.session.close();
    }
  }

  /** Has the device show a PIN; it shows that one until another transfer begins. */
  async requestPin(): Promise<void> {
    const doxm = await this.#readOwnership();
    const question = { ...this.#setting, method: 'random-pin', hasPin: true, hasAnchors: false } as const;
    await this.#plain(chooseMethodStep(chooseMethod(doxm, question)));
  }

  async #readOwnership(): Promise<Doxm> {
    const doxm = readDoxm(await this.#plain(readOwnership));
    if (!doxm.owned) return doxm;
    throw new SelvageError('already-owned', `device ${this.#found.device} has an owner`, {
      details: { owner: doxm.devowneruuid },
      remedy: 'have its owner release it, or reset it at the device',
    });
  }

  #chooseMethod(doxm: Doxm): TransferMethod {
    const { policy, manufacturerAnchors } = this.#setting;
    const { method, pin } = this.#options;
    const hasAnchors = manufacturerAnchors.length > 0;
    return chooseMethod(doxm, { policy, method, hasPin: pin !== undefined, hasAnchors });
  }

  /** What could not be provisioned is known before anything is begun. */
  #checkTasks(doxm: Doxm): void {
    if (!needCertificates(this.#options.tasks ?? [])) return;
    requireIssuer(this.#setting);
    requireCertificates(this.#found.device, doxm);
  }

  /** Chooses the method on the device, unless it shows a PIN that was read already: it would show another then. */
  async #prepare(method: TransferMethod, { oxmsel }: Doxm): Promise<ChosenMethod> {
    const { pin } = this.#options;
    const isShown = method === 'random-pin' && typeof pin !== 'function' && oxmsel === transferMethods[method].number;
    if (!isShown) await this.#plain(chooseMethodStep(method));
    if (method !== 'random-pin') return { method };
    const given = typeof pin === 'function' ? await pin(this.#found) : pin;
    if (given !== undefined) return { method, pin: given };
    throw new SelvageError('cancelled', `nobody gave the PIN of device ${this.#found.device}`);
  }

  async #connect(chosen: ChosenMethod): Promise<OnboardingConnection<Address>> {
    const { device } = this.#found;
    const step = `open the onboarding connection (${chosen.method})`;
    this.#options.onProgress?.({ device, step });
    try {
      return await openConnection(this.#setting.client, this.#found, chosen, this.#setting);
    } catch (cause) {
      if (!(cause instanceof SelvageError) || cause.code === 'wrong-pin') throw cause;
      throw new SelvageError(cause.code, `device ${device}: cannot ${step}: ${cause.message}`, {
        cause,
        fault: cause.fault,
        details: { ...cause.details, step, device },
        remedy: cause.remedy ?? 'discover the device again, for some reset themselves after a handshake that fails',
      });
    }
  }

  /** Before anything is granted or claimed: a device that is refused here has no owner, and is let go at once. */
  #demandAttestation({ session }: OnboardingConnection<Address>): Promise<AttestedFacts | undefined> {
    const { attestation, entropy } = this.#setting;
    const { attestation: policy = attestation } = this.#options;
    return demandAttestation(session, { policy, entropy, context: this.#context });
  }

  async #takeOver(
    connection: OnboardingConnection<Address>,
    method: TransferMethod,
    attested: AttestedFacts | undefined,
  ): Promise<DeviceRecord> {
    const { session } = connection;
    const { owner, domain, entropy, journal } = this.#setting;
    const ownership = { owner, domain, device: newUuid(entropy) };
    const record = { ...this.#recordOf(connection, method, ownership.device), attested };
    // The device derives the key at the first of `ownSteps`: by then the tool must not forget it any more.
    const written = journal.put(record);
    this.record = record;
    // Also where a step fails: whoever deletes the record then must not be overtaken.
    await Promise.allSettled([carryOutAll(session, claimSteps(ownership), this.#context), written]).then(requireAll);
    for (const step of ownSteps(ownership)) await carryOut(session, step, this.#context);
    await this.#enterProvisioning(session);
    return this.#provision(session, record);
  }

  async #enterProvisioning(session: OcfSession<Address>): Promise<void> {
    this.mayBeOwned = true;
    try {
      await carryOut(session, enterStep('RFPRO'), this.#context);
    } catch (error) {
      if (isRefusal(error)) this.mayBeOwned = false;
      throw error;
    }
  }

  /** In RFPRO the device is owned: what fails of the tasks does not change that. */
  async #provision(session: OcfSession<Address>, record: DeviceRecord): Promise<DeviceRecord> {
    const { owner, journal, issuer } = this.#setting;
    const { tasks = [] } = this.#options;
    const context = { ...this.#context, session, record, issuer, again: false };
    await carryOutAll(session, firstAccessSteps(owner), context);
    const { change, failure } = await carryOutTasks(tasks, { ...context, refusal: 'provisioning-refused' });
    await carryOut(session, enterStep('RFNOP'), context);
    this.record = await journal.put({ ...record, ...change, stage: 'owned', pending: undefined });
    if (failure !== undefined) throw failure;
    return this.record;
  }

  #recordOf(
    { session, manufacturer }: OnboardingConnection<Address>,
    method: TransferMethod,
    device: Uuid,
  ): DeviceRecord {
    const { core, clock, owner } = this.#setting;
    const { tasks } = this.#options;
    return {
      version: 1,
      device,
      stage: 'transferring',
      method,
      key: ownerKey(core, { keyBlock: session.keyBlock(), method, owner, device }),
      former: this.#found.device,
      platform: this.#found.platform,
      name: this.#found.name,
      endpoints: [`coaps://${session.address.key}`],
      since: Math.floor(clock.wallTime()),
      pending: tasks,
      manufacturer,
    };
  }

  /** A request over the unsecured port. While another has its onboarding connection open the device refuses all. */
  async #plain(step: Step): Promise<CborValue> {
    const [to] = this.#found.plain;
    if (to === undefined) throw notFound(this.#found.device);
    const answer = await asked(step, this.#context, () => this.#setting.client.plainRequest(to, step.request));
    if (isSuccess(answer.code)) return answer.value;
    if (answer.code !== '4.01') throw refused(step, this.#context, answer.code);
    throw new SelvageError('transfer-refused', `device ${this.#found.device} is being owned by somebody, or is owned`, {
      details: { step: step.name, device: this.#found.device, response: answer.code },
      remedy: 'try again in a minute: the device frees itself when a transfer is abandoned',
    });
  }
}

/** @throws what the first that failed rejected with. */
function requireAll(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function notFound(device: Uuid): SelvageError {
  return new SelvageError('device-not-found', `no address of device ${device} is known`, {
    remedy: 'discover it again',
  });
}
