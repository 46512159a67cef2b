import { encode, type Engine, type Entropy, type Instant, type Secret, SelvageError, tryDecode } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { joinFailed } from '../join-failure.js';
import {
  type ChannelRounds,
  type EnergyScan,
  energyScanTlvs,
  type PanIdQuery,
  panIdQueryTlvs,
  readEnergyReport,
  readPanIdQuery,
  roundsTlvs,
  surveyPaths,
} from '../management/survey-messages.js';
import { foreignText } from '../tlv/foreign-text.js';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';
import type { CommissionerEvent } from './commissioner-event.js';
import type { JoinerAdmissionOptions } from './admission-io.js';
import { JoinerAdmission } from './joiner-admission.js';
import { type JoinerEntry, type JoinerSelector, JoinerTable } from './joiner-table.js';
import type { Correspondent, NetworkNews, NetworkRequest } from './network-access.js';
import { SteeringWindow } from './steering-window.js';

/** How a commissioner is made. */
export interface CommissionerOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** The name by which a second commissioner hears of this one. */
  readonly name: string;
  /** Speaks to the leader itself, being a node of the network, and to no border agent. */
  readonly isNative: boolean;
  /** Takes every joiner that proves its passphrase by default. */
  readonly judge?: JoinerAdmissionOptions['judge'];
  readonly mostSessions?: number;
}

/** What a commissioner wants of its way into the network, or tells people. */
export type CommissionerOutput = NetworkRequest | { readonly kind: 'event'; readonly event: CommissionerEvent };

/** What became of a request to a node. */
export type RequestDone = (payload: Uint8Array | undefined, error: SelvageError | undefined, now: Instant) => void;

/** Milliseconds between one sign of life and the next: the leader gives a commissioner up after 50 s (Thread 1.3 §8.4.3). */
const keepAliveInterval = 30_000;
/** After a petition that was not answered, milliseconds, and how many there are. */
const [petitionPause, mostPetitions] = [2000, 4] as const;
/** Before the leader is told once more who may join, which it did not take, milliseconds. */
const steeringPause = 2000;
const agent: Correspondent = { kind: 'agent' };
const leader: Correspondent = { kind: 'leader' };

type State =
  | { readonly kind: 'inactive' }
  | { readonly kind: 'petitioning'; readonly tries: number; readonly next: Instant }
  | { readonly kind: 'active'; readonly sessionId: number; readonly keepAlive: Instant };

/**
 * A commissioner: petitions for a network, keeps the petition alive, tells the network who may join, and lets joiners in
 * (Thread 1.3 §8.4.3, §8.4.4). Its way into the network is somebody else's: a border agent's session, or a node.
 */
export class Commissioner implements Engine<NetworkNews, CommissionerOutput> {
  readonly joiners: JoinerTable;
  readonly #options: CommissionerOptions;
  readonly #admission: JoinerAdmission;
  readonly #window = new SteeringWindow();
  readonly #outputs: CommissionerOutput[] = [];
  readonly #waiting = new Map<number, RequestDone>();
  #state: State = { kind: 'inactive' };
  #nextId = 0;
  /** What the network was told last. */
  #steering = '';
  /** Until the leader has answered that. */
  #isSteering = false;

  constructor(options: CommissionerOptions) {
    const { core, entropy, judge = () => ({ accept: true }), mostSessions } = options;
    this.#options = options;
    this.joiners = new JoinerTable(core);
    this.#admission = new JoinerAdmission({
      core,
      entropy,
      joiners: this.joiners,
      judge,
      ...(mostSessions === undefined ? {} : { mostSessions }),
    });
  }

  /** Undefined while it is not active. */
  get sessionId(): number | undefined {
    return this.#state.kind === 'active' ? this.#state.sessionId : undefined;
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  get deadline(): Instant | undefined {
    const own =
      this.#state.kind === 'petitioning'
        ? this.#state.next
        : this.#state.kind === 'active'
          ? this.#state.keepAlive
          : Infinity;
    const least = Math.min(own, this.joiners.deadline, this.#window.deadline, this.#admission.deadline ?? Infinity);
    return least === Infinity ? undefined : least;
  }

  /** Of those whom the network is to expect now. */
  get steeringData(): Uint8Array {
    return this.joiners.steeringDataOf(this.#window.open);
  }

  /** Asks to be the network's commissioner. @throws SelvageError `wrong-state` where it is, or asks already */
  petition(): void {
    if (this.#state.kind !== 'inactive')
      throw new SelvageError('wrong-state', `the commissioner is ${this.#state.kind}`);
    this.#petition(1);
  }

  /** Gives the network up: nobody may join any more. */
  resign(): void {
    if (this.#state.kind === 'active') {
      const tlvs: MeshcopTlv[] = [{ type: 'state', value: 'reject' }, this.#session(this.#state.sessionId)];
      this.#post(this.#options.isNative ? 'c/la' : 'c/ca', tlvs, agent, () => undefined);
    }
    this.#inactive();
  }

  /**
   * Lets a joiner in, for a time; the network is told, a part of a long list at a time (§8.4.4.3).
   * @param lifetime milliseconds
   * @throws SelvageError `join-failed` (`commissioner-not-active`), `too-many-peers`
   */
  admit(selector: JoinerSelector, passphrase: Secret, lifetime: number, now: Instant): JoinerEntry {
    if (this.#state.kind !== 'active') throw joinFailed('commissioner-not-active');
    const entry = this.joiners.add(selector, passphrase, now + lifetime);
    this.#expect(now);
    return entry;
  }

  /** Lets a joiner in no longer. False where it was not admitted. */
  withdraw(selector: JoinerSelector): boolean {
    const was = this.joiners.remove(selector);
    if (was) this.#steer();
    return was;
  }

  /** Lets nobody in any more, until somebody is admitted; it stays the network's commissioner. */
  withdrawAll(): void {
    this.joiners.clear();
    this.#window.clear();
    this.#steer();
  }

  /**
   * Asks a node of the network, or the leader: the session's id is added where the message has to name it.
   * @throws SelvageError `join-failed` (`commissioner-not-active`)
   */
  request(path: string, tlvs: readonly MeshcopTlv[], to: Correspondent, done?: RequestDone): void {
    if (this.#state.kind !== 'active') throw joinFailed('commissioner-not-active');
    const named = isRead(path) ? tlvs : [this.#session(this.#state.sessionId), ...tlvs];
    this.#post(path, named, to, done);
  }

  /**
   * Asks a node, or tells a group, by Network Diagnostics; `diagnostic` events tell what nodes answer to a query.
   * @throws SelvageError `join-failed` (`commissioner-not-active`)
   */
  diagnose(path: `d/${string}`, payload: Uint8Array, address: Uint8Array, done?: RequestDone): void {
    if (this.#state.kind !== 'active') throw joinFailed('commissioner-not-active');
    this.#send(path, payload, { kind: 'node', address }, done);
  }

  /**
   * Has a node, or a group, measure how strong channels are; `energy` events tell what each found.
   * @param done for one node alone: told that it will, or that it does not answer
   * @throws SelvageError `join-failed` for one that is not active
   */
  scanEnergy(scan: EnergyScan, address: Uint8Array, done?: RequestDone): void {
    this.request(surveyPaths.energyScan, energyScanTlvs(scan), { kind: 'node', address }, done);
  }

  /** Has a node, or a group, look for PANs of an id; `pan-id-conflict` events tell who found one, and where. */
  queryPanId(query: PanIdQuery, address: Uint8Array, done?: RequestDone): void {
    this.request(surveyPaths.panIdQuery, panIdQueryTlvs(query), { kind: 'node', address }, done);
  }

  /** Has a node, or a group, say on other channels where this network is. */
  announce(rounds: ChannelRounds, address: Uint8Array, done?: RequestDone): void {
    this.request(surveyPaths.announceBegin, roundsTlvs(rounds), { kind: 'node', address }, done);
  }

  handle(news: NetworkNews, now: Instant): void {
    switch (news.kind) {
      case 'response': {
        const done = this.#waiting.get(news.id);
        this.#waiting.delete(news.id);
        return done?.(news.payload, news.error, now);
      }
      case 'relayed':
        if (this.#state.kind === 'active') this.#admission.handle(news, now);
        return;
      case 'notification':
        return this.#notified(news.path, news.payload, news.from);
    }
  }

  poll(now: Instant): CommissionerOutput | undefined {
    this.#tick(now);
    for (let output = this.#admission.poll(now); output !== undefined; output = this.#admission.poll(now)) {
      if (output.kind === 'joiner') this.#window.follow(output, now);
      this.#outputs.push(output.kind === 'relay' ? output : { kind: 'event', event: output });
    }
    return this.#outputs.shift();
  }

  #tick(now: Instant): void {
    const over = this.joiners.expire(now);
    for (const entry of over) this.#tell({ kind: 'expired', entry });
    if (over.length > 0 || this.#window.deadline <= now) this.#expect(now);
    if (this.#state.kind === 'petitioning' && this.#state.next <= now) this.#petition(this.#state.tries + 1);
    if (this.#state.kind === 'active' && this.#state.keepAlive <= now) this.#keepAlive(this.#state.sessionId, now);
  }

  /** Opens the window for who is on the list now, and tells the network. */
  #expect(now: Instant): void {
    this.#window.update(this.joiners.entries, now);
    this.#steer();
  }

  #petition(tries: number): void {
    if (tries > mostPetitions)
      return this.#inactive(joinFailed('timed-out', { 'waiting for': 'the petition' }, 'petition'));
    this.#state = { kind: 'petitioning', tries, next: Infinity };
    const name = new TextEncoder().encode(this.#options.name);
    const path = this.#options.isNative ? 'c/lp' : 'c/cp';
    this.#post(path, [{ type: 'commissionerId', value: name }], agent, (payload, error, at) => {
      if (this.#state.kind === 'petitioning') this.#petitioned(payload, error, tries, at);
    });
  }

  #petitioned(payload: Uint8Array | undefined, error: SelvageError | undefined, tries: number, now: Instant): void {
    const tlvs = payload && tryDecode(meshcopTlvs, payload);
    if (tlvs === undefined) {
      if (error !== undefined && error.code !== 'timed-out') return this.#inactive(error);
      this.#state = { kind: 'petitioning', tries, next: now + petitionPause };
      return;
    }
    const sessionId = meshcopTlvs.first(tlvs, 'commissionerSessionId');
    if (meshcopTlvs.first(tlvs, 'state') !== 'accept' || sessionId === undefined) {
      const other = meshcopTlvs.first(tlvs, 'commissionerId');
      const active = other && { active: foreignText(other) };
      return this.#inactive(joinFailed('commissioner-rejected', active));
    }
    this.#state = { kind: 'active', sessionId, keepAlive: now + keepAliveInterval };
    this.#tell({ kind: 'active', sessionId });
    this.#steer();
  }

  #keepAlive(sessionId: number, now: Instant): void {
    this.#state = { kind: 'active', sessionId, keepAlive: now + keepAliveInterval };
    const tlvs: MeshcopTlv[] = [{ type: 'state', value: 'accept' }, this.#session(sessionId)];
    this.#post(this.#options.isNative ? 'c/la' : 'c/ca', tlvs, agent, (payload, error) => {
      if (this.#state.kind !== 'active' || this.#state.sessionId !== sessionId) return;
      const answer = payload && tryDecode(meshcopTlvs, payload);
      if (answer !== undefined && meshcopTlvs.first(answer, 'state') === 'accept') return this.#steer();
      // An answer that is lost is no refusal: the next sign of life comes before the leader gives up.
      if (payload === undefined && error?.code === 'timed-out') return;
      this.#inactive(joinFailed('commissioner-rejected', { by: 'the leader, which no longer knows the session' }));
    });
  }

  /** Tells the network who may join; what changes until the leader has answered is told then, at once. */
  #steer(): void {
    if (this.#state.kind !== 'active' || this.#isSteering) return;
    const { sessionId } = this.#state;
    const { steeringData } = this;
    const key = String(steeringData);
    if (key === this.#steering) return;
    this.#steering = key;
    this.#isSteering = true;
    const tlvs: MeshcopTlv[] = [this.#session(sessionId), { type: 'steeringData', value: steeringData }];
    this.#post('c/cs', tlvs, leader, (payload, _error, at) => {
      if (this.#state.kind !== 'active' || this.#state.sessionId !== sessionId) return;
      this.#isSteering = false;
      const answer = payload && tryDecode(meshcopTlvs, payload);
      if (answer !== undefined && meshcopTlvs.first(answer, 'state') === 'accept') {
        this.#tell({ kind: 'steering', steeringData });
        return this.#steer();
      }
      this.#steering = '';
      // Whether the session is alive is found out first; then the leader is told again.
      this.#state = { ...this.#state, keepAlive: at + steeringPause };
    });
  }

  #notified(path: string, payload: Uint8Array, from: Uint8Array | undefined): void {
    if (path === 'd/da') return this.#tell({ kind: 'diagnostic', from, payload: payload.slice() });
    const tlvs = tryDecode(meshcopTlvs, payload);
    if (tlvs === undefined) return;
    if (path === 'c/dc') return this.#tell({ kind: 'dataset-changed' });
    const report = path === surveyPaths.energyReport ? readEnergyReport(tlvs) : undefined;
    if (report !== undefined) this.#tell({ kind: 'energy', from, ...report });
    const conflict = path === surveyPaths.panIdConflict ? readPanIdQuery(tlvs) : undefined;
    if (conflict !== undefined) this.#tell({ kind: 'pan-id-conflict', from, ...conflict });
  }

  #inactive(error?: SelvageError): void {
    if (this.#state.kind === 'inactive') return;
    this.#state = { kind: 'inactive' };
    this.#steering = '';
    this.#isSteering = false;
    this.joiners.clear();
    this.#window.clear();
    // Who is no commissioner gives no KEK away, and what it has to say to joiners is nobody's.
    this.#admission.abandon();
    for (const [index, output] of [...this.#outputs.entries()].reverse()) {
      if (output.kind === 'relay') this.#outputs.splice(index, 1);
    }
    this.#tell({ kind: 'inactive', ...(error && { error }) });
  }

  #session(sessionId: number): MeshcopTlv {
    return { type: 'commissionerSessionId', value: sessionId };
  }

  #post(path: string, tlvs: readonly MeshcopTlv[], to: Correspondent, done: RequestDone | undefined): void {
    this.#send(path, encode(meshcopTlvs, tlvs), to, done);
  }

  #send(path: string, payload: Uint8Array, to: Correspondent, done: RequestDone | undefined): void {
    const id = this.#nextId++;
    if (done !== undefined) this.#waiting.set(id, done);
    this.#outputs.push({ kind: 'request', id, path, payload, to, confirmable: done !== undefined });
  }

  #tell(event: CommissionerEvent): void {
    this.#outputs.push({ kind: 'event', event });
  }
}

/** Datasets and diagnostics are read by anybody; what changes something names the session. */
function isRead(path: string): boolean {
  return path === 'c/ag' || path === 'c/pg' || path === 'c/cg' || path.startsWith('d/');
}
