import { type PeerAddress, SelvageError } from '@selvage/core';
import { signerOf } from '@selvage/crypto';
import {
  type Certificate,
  type CertificateAuthority,
  type GrantedRole,
  readCertificate,
  type TrustAnchor,
} from '@selvage/pki';
import { OcfClient } from '../client/client.js';
import type { DiscoveryQuery } from '../client/discovery.js';
import type { FoundDevice, ReachableDevice } from '../client/found-device.js';
import type { ClientIdentity } from '../client/identity.js';
import { Limiter } from '../client/limiter.js';
import type { OcfSession } from '../client/session.js';
import type { Uuid } from '../uuid/uuid.js';
import { AddressBook } from './address-book.js';
import { DeviceAccess, type ProgressListener } from './device-access.js';
import type { DeviceRecord } from './journal/device-record.js';
import { isUnfinished, Journal } from './journal/journal.js';
import { type OwnedDevice, ownedDevice } from './owned-device.js';
import { isLasting, issueOwnCertificates, loadOwnCertificates, type OwnCertificates } from './own-identity.js';
import type { TaskContext } from './provisioning/context.js';
import { DeviceProvisioning } from './provisioning/device-provisioning.js';
import { CertificateIssuer } from './provisioning/issuer.js';
import { probe, type RecoverySetting, type Resumption, resumeDevice } from './recovery.js';
import { releaseDevice, type ReleaseSetting } from './reset.js';
import type { OnboardingToolOptions } from './tool-options.js';
import { defaultPolicy } from './transfer/method-choice.js';
import { type OwnAllOptions, type OwnedOrNot, Takeovers } from './transfer/takeovers.js';
import type { TransferOptions } from './transfer/transfer.js';

/** How paths that were broken off are taken up. */
export interface ResumeOptions {
  /** How long devices are looked for, ms; 3000 by default. */
  readonly listenFor?: number | undefined;
  readonly onProgress?: ProgressListener;
}

/** Devices at a time. */
const resumedAtOnce = 16;
const defaultListenFor = 3000;

/**
 * An onboarding tool: takes devices over, provisions them and lets them go. Where each device is on its path stands in a
 * journal, so that a tool that was killed anywhere is followed by one that finishes or undoes what was begun.
 */
export class OnboardingTool<Address extends PeerAddress> {
  /** What the tool's devices are read, changed and observed with. */
  readonly client: OcfClient<Address>;
  /** What the tool's devices are given. */
  readonly provisioning: DeviceProvisioning<Address>;
  readonly #options: OnboardingToolOptions<Address>;
  readonly #journal: Journal;
  readonly #book: AddressBook<Address>;
  readonly #access: DeviceAccess<Address>;
  readonly #takeovers: Takeovers<Address>;
  #own: OwnCertificates | undefined;

  private constructor(options: OnboardingToolOptions<Address>, journal: Journal, own: OwnCertificates | undefined) {
    const { authority, clock, resolve, entropy } = options;
    this.#options = options;
    this.#journal = journal;
    this.#own = own;
    this.client = this.#openClient();
    this.#book = new AddressBook(resolve);
    const issuer = authority && new CertificateIssuer(authority, clock);
    this.#access = new DeviceAccess({ client: this.client, journal, book: this.#book, issuer });
    this.provisioning = new DeviceProvisioning(this.#access, entropy);
    const { policy = defaultPolicy, manufacturerAnchors = [], uuid: owner } = options;
    const transfer = { ...options, client: this.client, owner, policy, manufacturerAnchors, journal, issuer };
    this.#takeovers = new Takeovers({ access: this.#access, transfer, recovery: this.#recoverySetting() });
  }

  /** A tool that knows what its store knows. @throws SelvageError (rejects) `store-failed`. */
  static async open<Address extends PeerAddress>(
    options: OnboardingToolOptions<Address>,
  ): Promise<OnboardingTool<Address>> {
    const { store, keys } = options;
    const [journal, own] = await Promise.all([Journal.open(store), keys && loadOwnCertificates(store, keys)]);
    return new OnboardingTool(options, journal, own);
  }

  /** All devices that are owned here, or that may be. */
  devices(): OwnedDevice[] {
    return this.#journal.all().map(ownedDevice);
  }

  /** One of them. @throws SelvageError `not-owned`. */
  device(device: Uuid): OwnedDevice {
    return ownedDevice(this.#journal.require(device));
  }

  /** Devices that are somewhere on their path, because a tool was killed or a device fell silent: see {@link resume}. */
  unfinished(): OwnedDevice[] {
    const underWay = this.#takeovers.underWay();
    const open = this.#journal.all().filter((record) => isUnfinished(record) && !underWay.has(record.device));
    return open.map(ownedDevice);
  }

  /** Looks for devices, and notes where those are that are owned here. @throws SelvageError (rejects). */
  async discover(query?: DiscoveryQuery<Address>): Promise<FoundDevice<Address>[]> {
    const [found] = await Promise.all([this.client.discover(query), this.#takeBack(this.#journal.lastRetired(), [])]);
    for (const one of found) if (this.#journal.get(one.device) !== undefined) this.#book.note(one);
    const owned = found.filter((one) => one.owned !== false);
    await this.#takeBack(
      owned.flatMap((one) => this.#journal.retired(one.device) ?? []),
      owned,
    );
    return found;
  }

  /**
   * Where a device is that is owned here, to be asked with {@link client}: where it was last, or where a discovery finds it.
   * @throws SelvageError (rejects) `not-owned`, `device-not-found`.
   */
  reach(device: Uuid): Promise<ReachableDevice<Address>> {
    return this.#access.reach(device);
  }

  /**
   * Takes a device over: after it the device is in normal operation, and has this tool as its owner. What fails before the
   * device has its owner leaves it un-owned, under another UUID.
   * @throws SelvageError (rejects) `device-not-found`, `already-owned`, `method-unavailable`, `wrong-pin`,
   *   `attestation-refused`, `transfer-refused`, `access-refused`, and with what the handshake failed of;
   *   `provisioning-refused` for a device that
   *   is owned but refused a task; `outcome-unknown` where it fell silent when it may have had its owner already:
   *   {@link resume} finds out.
   */
  own(found: FoundDevice<Address>, options?: TransferOptions<Address>): Promise<OwnedDevice> {
    return this.#takeovers.own(found, options);
  }

  /** Takes many devices over, some at a time. One that fails does not keep the others. */
  ownAll(found: readonly FoundDevice<Address>[], options?: OwnAllOptions<Address>): Promise<OwnedOrNot<Address>[]> {
    return this.#takeovers.ownAll(found, options);
  }

  /**
   * Has a device show a PIN, to be given to {@link own}.
   * @throws SelvageError (rejects) `method-unavailable`, `already-owned`, `device-not-found`.
   */
  requestPin(found: FoundDevice<Address>): Promise<void> {
    return this.#takeovers.requestPin(found);
  }

  /**
   * Lets a device go: it resets itself (state RESET), and is un-owned with a new UUID.
   * @throws SelvageError (rejects) `not-owned`, `device-not-found`, `outcome-unknown`.
   */
  hardReset(device: Uuid, onProgress?: ProgressListener): Promise<void> {
    return this.#access.onDevice(
      device,
      async (context) => {
        // Where it answers unsecured it can be asked afterwards whether it has an owner.
        if (this.#book.plain(device).length === 0) await this.#access.find(device);
        await releaseDevice(context, this.#releaseSetting(device));
        this.#book.forget(device);
      },
      onProgress,
    );
  }

  /**
   * Hands a device over to another tool: a reset is the only way to a new owner.
   * @throws SelvageError (rejects) as {@link hardReset} and {@link own}; `device-not-found` for one that is not found again.
   */
  async changeOwner(
    device: Uuid,
    successor: OnboardingTool<Address>,
    options: TransferOptions<Address> = {},
  ): Promise<OwnedDevice> {
    const { platform } = this.device(device);
    await this.#access.find(device);
    const plain = new Set(this.#book.plain(device).map(({ key }) => key));
    await this.hardReset(device, options.onProgress);
    const found = await successor.discover({ owned: false });
    const again = found.find(
      (one) => one.plain.some(({ key }) => plain.has(key)) || (platform !== undefined && one.platform === platform),
    );
    if (again !== undefined) return successor.own(again, options);
    throw new SelvageError('device-not-found', `device ${device} was reset, and is not found un-owned`, {
      details: { device },
      remedy: 'discover un-owned devices with the new owner, and own it',
    });
  }

  /** Forgets a device without telling it: for one that was reset at the device, or is gone. */
  forget(device: Uuid): Promise<void> {
    return this.#access.inTurn([device], async () => {
      this.#journal.require(device);
      await this.#journal.delete(device);
      this.client.disconnect(device);
      this.#book.forget(device);
    });
  }

  /**
   * Takes up every path that was broken off, and says what became of each device. One that is not reached, or that is still
   * waiting for its onboarding connection to end, keeps its place for the next time.
   * @throws SelvageError (rejects) `store-failed`.
   */
  async resume({ listenFor = defaultListenFor, onProgress }: ResumeOptions = {}): Promise<Resumption[]> {
    const open = this.unfinished();
    if (open.length === 0) return [];
    const seen = await this.discover({ listenFor });
    const limiter = new Limiter(resumedAtOnce);
    return Promise.all(
      open.map(({ device }) =>
        limiter.run(() => this.#access.inTurn([device], () => this.#resumeOne(device, seen, onProgress))),
      ),
    );
  }

  /**
   * Has the authority certify the tool itself, with roles where some are given: it shows those certificates to devices that
   * it shares no key with. Nothing is issued while the earlier ones last.
   * @throws SelvageError (rejects) `invalid-argument` without an authority or a home for keys; as the authority.
   */
  async certifySelf(roles?: readonly GrantedRole[]): Promise<void> {
    const { authority, keys, store, uuid, clock } = this.#options;
    if (authority === undefined || keys === undefined) throw needsAuthority();
    const before = this.#own;
    if (before !== undefined && roles === undefined && isLasting(before, clock)) return;
    this.#own = await issueOwnCertificates({ uuid, store, keys, authority, clock }, { roles, before });
  }

  /** Closes all sessions and both ports. */
  close(): void {
    this.client.close();
  }

  /** Devices that were taken for such without an owner, and open a session to its key, are on their path again. */
  async #takeBack(records: readonly DeviceRecord[], seen: readonly FoundDevice<Address>[]): Promise<void> {
    const setting = { client: this.client, book: this.#book, owner: this.#options.uuid };
    const takeBack = async (record: DeviceRecord): Promise<void> => {
      const session = await probe(record, seen, setting);
      session?.close();
      if (session !== undefined) await this.#journal.put({ ...record, retired: undefined });
    };
    await Promise.all(records.map(takeBack));
  }

  /** It shows what the tool has at each moment: keys come with devices, and certificates with {@link certifySelf}. */
  #openClient(): OcfClient<Address> {
    const { authority, keys, uuid } = this.#options;
    const anchors: TrustAnchor[] = authority === undefined ? [] : [{ certificate: rootOf(authority) }];
    const own = (): OwnCertificates | undefined => this.#own;
    const identity: ClientIdentity = {
      device: uuid,
      pskFor: (device) => this.#journal.keyOf(device),
      get certificate() {
        return own()?.certificate;
      },
      get roles() {
        return own()?.roles;
      },
    };
    return new OcfClient({ ...this.#options, identity, anchors: () => anchors, sign: keys && signerOf(keys) });
  }

  async #resumeOne(
    device: Uuid,
    seen: readonly FoundDevice<Address>[],
    onProgress: ProgressListener,
  ): Promise<Resumption> {
    const record = this.#journal.get(device);
    if (record === undefined || !isUnfinished(record)) return { device, outcome: 'finished' };
    return resumeDevice(record, seen, this.#recoverySetting(onProgress));
  }

  #releaseSetting(device: Uuid): ReleaseSetting<Address> {
    const { client, journal } = this.#access.parts;
    return { client, journal, clock: this.#options.clock, plain: this.#book.plain(device) };
  }

  #recoverySetting(onProgress?: ProgressListener): RecoverySetting<Address> {
    const { clock, uuid } = this.#options;
    const context = (record: DeviceRecord, session: OcfSession<Address>): TaskContext<Address> =>
      this.#access.context(record, session, { again: true, onProgress });
    return { client: this.client, journal: this.#journal, clock, book: this.#book, owner: uuid, context };
  }
}

function rootOf({ chain, certificate }: CertificateAuthority): Certificate {
  const root = chain.at(-1);
  return root === undefined ? certificate : readCertificate(root);
}

function needsAuthority(): SelvageError {
  return new SelvageError('invalid-argument', 'the tool cannot be certified without an authority and a home for keys', {
    remedy: "give it the owner's certificate authority and a home for its own key",
  });
}
