import { Alarm, decodeCbor, encodeCbor, type PeerAddress, type Secret, SelvageError } from '@selvage/core';
import type { ChainVerdict, DtlsSocket } from '@selvage/dtls';
import { ocfIdentityPurpose, verifyChain } from '@selvage/pki';
import type { DeviceFacts } from '../model/device-facts.js';
import type { Change } from '../model/outcome.js';
import { type Changed, ResourceTable } from '../model/table.js';
import type { DeviceStateName } from '../security/device-state.js';
import { nilUuid, type Uuid } from '../uuid/uuid.js';
import { handshakeFailed } from './audit/audit-log.js';
import { StoredAudit } from './audit/stored-audit.js';
import { clientCredentials, type DeviceClientCredentials } from './client-credentials.js';
import { anchorsOf } from './credential/anchors.js';
import type { DeviceEvent, DeviceListener } from './events.js';
import { newLife, startingState, valuesName } from './life.js';
import { builtInCredentials, offeredMethods } from './manufacturer.js';
import { Onboarding } from './onboarding/onboarding.js';
import { TransferPin } from './onboarding/pin.js';
import { type DeviceLimits, defaultDeviceLimits, type OcfDeviceOptions } from './options.js';
import { OwnKey } from './own-key.js';
import { RequestHandler } from './request/handler.js';
import { Observations } from './request/observations.js';
import { AttestationResource, attestationFacts } from './resource/attestation.js';
import { securityResources } from './resource/facts.js';
import { admit } from './session/admission.js';
import { PeerSession } from './session/peer-session.js';
import { serverSelection } from './session/server-selection.js';
import { Sessions } from './session/sessions.js';
import type { DurableState } from './state/durable-state.js';
import { StateKeeper } from './state/state-keeper.js';
import { DeviceTransports } from './transports.js';

/** What a device had when it was last running. */
interface Remembered {
  readonly state: DurableState;
  readonly ownKey: OwnKey;
  readonly audit: StoredAudit;
  readonly values: Uint8Array | undefined;
}

/** A reset that failed, as when the store does, is tried again after so long, ms. */
const resetRetry = 1000;

/**
 * An OCF device on injected ports: its application, the core resources and the security virtual resources, from sealed
 * box to normal operation. All that it acknowledges is durable; whoever kills it, at whatever moment, leaves it in its
 * old state or in its new one. Only a hard reset leads to another owner: by the owner's session, or by `reset()`.
 */
export class OcfDevice<Address extends PeerAddress> {
  readonly #options: OcfDeviceOptions<Address>;
  readonly #limits: DeviceLimits;
  readonly #keeper: StateKeeper;
  readonly #ownKey: OwnKey;
  readonly #audit: StoredAudit;
  readonly #onboarding: Onboarding<Address>;
  readonly #sessions: Sessions<Address>;
  readonly #transports: DeviceTransports<Address>;
  readonly #observations: Observations;
  readonly #resetAlarm: Alarm;
  #table: ResourceTable;
  #listeners: readonly DeviceListener[] = [];
  #closed = false;

  /**
   * Starts a device: one with an empty store is new, without an owner. What a kill has interrupted is finished first.
   * @throws SelvageError `store-failed`, and as the key home, such as `key-not-found` where the device's own is not
   *   there
   */
  static async open<Address extends PeerAddress>(options: OcfDeviceOptions<Address>): Promise<OcfDevice<Address>> {
    const { store, keys, clock, manufacturer } = options;
    const state = await startingState(options);
    const ownKey = await OwnKey.open(keys, state.keyId, manufacturer === undefined ? [] : [manufacturer.key.id]);
    const audit = await StoredAudit.open(store, clock);
    return new OcfDevice(options, { state, ownKey, audit, values: await store.get(valuesName) });
  }

  private constructor(options: OcfDeviceOptions<Address>, { state, ownKey, audit, values }: Remembered) {
    const { core, entropy, clock, store } = options;
    this.#options = options;
    this.#limits = { ...defaultDeviceLimits, ...options.limits };
    this.#ownKey = ownKey;
    this.#audit = audit;
    this.#keeper = new StateKeeper(store, state, (next, before) => this.#stateChanged(next, before));
    this.#resetAlarm = new Alarm(clock, () => void this.#wipe().catch(() => undefined));
    this.#sessions = new Sessions({ clock, ...this.#limits });
    const pin = new TransferPin({ core, entropy, clock });
    const { showPin = () => undefined } = options;
    this.#onboarding = new Onboarding({ clock, pin, showPin, limit: this.#limits.transfer });
    this.#table = this.#newTable(state);
    if (values !== undefined) this.#table.restore(decodeCbor(values));
    this.#transports = this.#open(pin);
    const observable = options.model.resources.filter((one) => one.observable).map(({ path }) => path);
    const endpoints = [this.#transports.plain, this.#transports.secured];
    const notifiers = endpoints.map((transport) => ({
      changed: (path: string) => transport.changed(path),
      observerCount: (path: string) => transport.endpoint.observerCount(path),
    }));
    this.#observations = new Observations(notifiers, () => this.#table, observable);
  }

  /** The device's UUID: another one after every hard reset, and the one that its owner gives it. */
  get deviceId(): Uuid {
    return this.#keeper.state.deviceuuid;
  }

  get state(): DeviceStateName {
    return this.#keeper.state.dos;
  }

  /** The nil UUID while nobody owns the device. */
  get owner(): Uuid {
    return this.#keeper.state.devowneruuid;
  }

  /** What the device is a client of other devices with. */
  get clientCredentials(): DeviceClientCredentials {
    return clientCredentials(
      () => this.#keeper.state,
      () => this.#ownKey.handle,
      this.#options.keys,
    );
  }

  /** The values of an application resource. @throws SelvageError `invalid-argument` */
  values(path: string): Readonly<Record<string, unknown>> {
    return this.#table.values(path);
  }

  /**
   * Changes values of the application from inside, such as what a sensor measured; resolves when what is to outlive a
   * restart is durable. @throws SelvageError `invalid-argument`, `invalid-value` (fault `caller`), `store-failed`
   */
  async set(path: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    this.#table.set(path, values);
    if (this.#table.isDurable(path)) await this.#keeper.inTurn(() => this.#persist([]));
  }

  /** Has a listener told of what happens; returns how to stop. */
  onEvent(listener: DeviceListener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((one) => one !== listener);
    };
  }

  /**
   * The hard reset of somebody who stands before the device: resolves when it has no owner, and another name and key.
   * @throws SelvageError `store-failed`, and as the key home; the device then serves nobody, and tries again
   */
  async reset(): Promise<void> {
    await this.#keeper.inTurn(() => this.#keeper.replace({ ...this.#keeper.state, dos: 'RESET' }));
    await this.#wipe();
  }

  /** Ends all sessions and closes the ports; resolves when what was under way is durable. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#resetAlarm.set(undefined);
    this.#onboarding.end();
    this.#transports.close();
    await this.#keeper.inTurn(() => undefined);
    await this.#audit.flush();
  }

  #open(pin: TransferPin): DeviceTransports<Address> {
    const options = this.#options;
    const { core, entropy, manufacturer, endpoints, secured } = options;
    const { ownershipLeisure, leisure, grace } = this.#limits;
    const handler = new RequestHandler<Address>({
      core,
      entropy,
      clock: options.clock,
      keeper: this.#keeper,
      ownKey: this.#ownKey,
      audit: this.#audit,
      onboarding: this.#onboarding,
      sessions: this.#sessions,
      methods: offeredMethods(options),
      built: builtInCredentials(manufacturer),
      table: () => this.#table,
      endpoints,
      tell: (event) => this.#tell(event),
      persist: (changes) => this.#persist(changes),
      attestation: options.attest && new AttestationResource(options.attest, options.clock),
      ownershipLeisure,
      leisure,
    });
    const selection = serverSelection({
      core,
      entropy,
      maximumDatagram: Math.min(secured.maximumPayload, largestDatagram),
      grace,
      manufacturer,
      pin,
      state: () => this.#keeper.state,
      ownKey: () => this.#ownKey.handle,
      isOnboarding: () => this.#onboarding.isOpen,
    });
    return new DeviceTransports({
      options,
      limits: this.#limits,
      handler,
      selection,
      judge: (chain) => this.#judge(chain),
      onSession: (socket) => this.#opened(socket),
      onFailure: (error, from) => this.#handshakeFailed(error, from),
      onError: (error) => this.#failed(error),
    });
  }

  #judge(chain: readonly Uint8Array[]): ChainVerdict {
    const { core, clock } = this.#options;
    const anchors = anchorsOf(this.#keeper.state);
    return verifyChain(chain, { core, anchors, now: clock.wallTime(), purpose: ocfIdentityPurpose });
  }

  #opened(socket: DtlsSocket<Address>): void {
    const { core, clock } = this.#options;
    const { state } = this.#keeper;
    const isOnboarding = this.#onboarding.isOpen;
    const isOfPin = (key: Secret | undefined) => this.#onboarding.isOfPin(key);
    const admission = admit(socket.session, { state, core, now: clock.wallTime(), isOnboarding, isOfPin });
    if (admission === undefined) return socket.close();
    const session = new PeerSession<Address>(socket, { ...admission, now: () => clock.now() });
    if (admission.onboarding) this.#onboarding.begin(session);
    session.onClosed(() => this.#ended(session));
    this.#sessions.add(session);
    this.#transports.serve(session);
  }

  /** A transfer whose connection ends before the device has a new owner ends in a reset. */
  #ended(session: PeerSession<Address>): void {
    if (this.#closed || !this.#onboarding.isOver(session)) return;
    this.#onboarding.abandon();
    void this.#wipe().catch(() => undefined);
  }

  #handshakeFailed(error: SelvageError, { key }: Address): void {
    const { filters } = this.#keeper.state;
    const event = handshakeFailed([key, error.code]);
    if (this.#audit.log.add(event, filters, this.#options.clock.wallTime())) this.#audit.touched();
    this.#tell({ kind: 'handshake-failed', from: key, error });
  }

  /** What a peer sent wrong was answered; what else goes wrong is told. */
  #failed(error: unknown): void {
    if (!(error instanceof SelvageError) || error.fault !== 'peer') this.#tell({ kind: 'failed', error });
  }

  #stateChanged(state: DurableState, before: DurableState): void {
    if (before.dos === 'RFOTM' && state.dos !== 'RFOTM') this.#onboarding.end();
    // Not before: who hears goodbye may rely on it that the device has no owner.
    if (before.dos === 'RESET') this.#sessions.close();
    if (state.dos === 'RESET') this.#resetAlarm.set(this.#options.clock.now() + this.#limits.resetDelay);
    if (state.deviceuuid !== before.deviceuuid || state.domain !== before.domain) this.#table.identify(factsOf(state));
    this.#observations.stateChanged(state, before);
    const { dos, devowneruuid: owner, deviceuuid: device } = state;
    if (dos === before.dos && owner === before.devowneruuid && device === before.deviceuuid) return;
    this.#tell({ kind: 'state', state: dos, before: before.dos, owner, device });
  }

  /** Begins a new life, if the last one has ended: whoever asked for it may have been answered by now. */
  #wipe(): Promise<void> {
    this.#resetAlarm.set(undefined);
    return this.#keeper.inTurn(async () => {
      const { dos } = this.#keeper.state;
      if (dos !== 'RESET' && !(dos === 'RFOTM' && this.#onboarding.isAbandoned)) return;
      try {
        await this.#beginAnew();
      } catch (error) {
        this.#tell({ kind: 'failed', error });
        if (!this.#closed) this.#resetAlarm.set(this.#options.clock.now() + resetRetry);
        throw error;
      }
    });
  }

  async #beginAnew(): Promise<void> {
    await this.#audit.forget();
    const { state, key } = await newLife(this.#options, this.#keeper.state);
    this.#table = this.#newTable(state);
    await this.#keeper.replace(state);
    this.#onboarding.end();
    await this.#ownKey.replace(key);
  }

  #newTable(state: DurableState): ResourceTable {
    const { model, attest } = this.#options;
    const security = [...Object.values(securityResources), ...(attest === undefined ? [] : [attestationFacts])];
    const table = new ResourceTable({ model, facts: factsOf(state), security });
    table.onChange((change) => this.#valuesChanged(change));
    return table;
  }

  #valuesChanged(change: Changed): void {
    this.#observations.valuesChanged(change.path, this.#keeper.state);
    this.#tell({ kind: 'changed', change });
  }

  #persist(changes: readonly Change[]): Promise<void> {
    return this.#options.store.put(valuesName, encodeCbor(this.#table.durable(changes)));
  }

  #tell(event: DeviceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Handshake flights are cut to it, bytes. */
const largestDatagram = 1200;

/** Who the device is, as its core resources tell it. */
function factsOf({ deviceuuid, permanent, platform, domain }: DurableState): DeviceFacts {
  const tells = !domain.priv && domain.uuid !== nilUuid;
  return { device: deviceuuid, permanent, platform, domain: tells ? domain : undefined };
}
