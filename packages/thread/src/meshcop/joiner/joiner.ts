import { type Engine, type Entropy, type Instant, type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import { Ip6Endpoint } from '../../ip6/stack/endpoint.js';
import type { DiscoveredNetwork } from '../../mle/discovery/discovery.js';
import { joinFailed, type JoinFailure, joinFailures, type JoinStep, joinSteps } from '../join-failure.js';
import { type Entrusted, readEntrusted } from './entrusted.js';
import { isExpectedNearby, type JoinerCandidate, joinerCandidates, type JoinerIdentity } from './joiner-candidates.js';
import type { JoinerFacts } from './joiner-facts.js';
import { JoinerSession } from './joiner-session.js';

/** How a joiner is made. */
export interface JoinerOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly identity: JoinerIdentity;
  /** PSKd. */
  readonly passphrase: Secret;
  readonly facts: JoinerFacts;
  /** Which are looked at, 11 to 26. */
  readonly channels: readonly number[];
}

/** What a joiner is told. */
export type JoinerInput =
  | { readonly kind: 'discovered'; readonly network: DiscoveredNetwork }
  | { readonly kind: 'discovery-over' }
  /** To the joiner's UDP port, which needs no protection of the link. */
  | { readonly kind: 'datagram'; readonly payload: Uint8Array; readonly from: Ip6Endpoint }
  /** JOIN_ENT, in a frame that the KEK protects. */
  | { readonly kind: 'entrusted'; readonly payload: Uint8Array };

/** What a joiner wants done, or tells. */
export type JoinerOutput =
  | { readonly kind: 'discover'; readonly channels: readonly number[] }
  /** Enough was found: `discovery-over` is expected. */
  | { readonly kind: 'stop-discovery' }
  /** Takes the network's channel and PAN, and the joiner ID as extended address. */
  | { readonly kind: 'tune'; readonly candidate: JoinerCandidate; readonly extended: Uint8Array }
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Ip6Endpoint }
  /** Frames of the joiner router under this key are to be taken, and no longer where it is undefined. */
  | { readonly kind: 'expect-entrust'; readonly kek: Secret | undefined }
  | { readonly kind: 'step'; readonly step: JoinStep; readonly network?: string }
  | { readonly kind: 'joined'; readonly entrusted: Entrusted }
  | { readonly kind: 'failed'; readonly error: SelvageError };

/** The port that a joiner speaks from (Thread 1.3 §8.4.4.2). */
export const joinerPort = 1000;
/** Milliseconds from JOIN_FIN's response to JOIN_ENT. */
const entrustTimeout = 5000;
/** So long the radio stays with a joiner router to which something was said last, milliseconds. */
const goodbye = 60;
/** What a commissioner says before it has proved to be one: a router that lies could say it too, but hardly two. */
const refusals: readonly JoinFailure[] = ['not-admitted', 'session-limit', 'wrong-pskd'];
const believedFrom = 2;
/** Milliseconds before it looks once more where nobody answered; as much again is drawn. */
const leastPause = 1000;
/** So many joiner routers are tried. */
const mostCandidates = 8;

type State =
  | { readonly kind: 'idle' }
  /** Nobody answered: it looks once more then. */
  | { readonly kind: 'waiting'; readonly until: Instant }
  | { readonly kind: 'discovering'; readonly networks: DiscoveredNetwork[]; readonly isThorough: boolean }
  | { readonly kind: 'joining'; readonly candidate: JoinerCandidate; readonly session: JoinerSession<Ip6Endpoint> }
  | {
      readonly kind: 'awaiting-entrust';
      readonly candidate: JoinerCandidate;
      /** It still says its goodbye, and answers what the commissioner repeats. */
      readonly session: JoinerSession<Ip6Endpoint>;
      readonly until: Instant;
    }
  /** It failed, and its goodbye is on its way. */
  | {
      readonly kind: 'leaving';
      readonly candidate: JoinerCandidate;
      readonly error: SelvageError;
      readonly until: Instant;
    };

/**
 * A device that holds nothing but a passphrase gets the network key (Thread 1.3 §8.4.4): it looks for a network that
 * expects it, proves the passphrase to the commissioner through a joiner router, and is entrusted by that router.
 */
export class Joiner implements Engine<JoinerInput, JoinerOutput> {
  readonly #options: JoinerOptions;
  readonly #outputs: JoinerOutput[] = [];
  #state: State = { kind: 'idle' };
  #candidates: JoinerCandidate[] = [];
  /** Of those that were tried: how the one that came farthest failed. */
  #failure: SelvageError | undefined;
  /** Joiner routers that were tried, as they said that they can be reached: anybody can say something else of one. */
  readonly #tried = new Set<string>();
  /** By extended PAN ID, through how many routers of it the commissioner has refused. */
  readonly #refused = new Map<string, number>();
  #wasThorough = false;

  constructor(options: JoinerOptions) {
    this.#options = options;
  }

  get isUnderWay(): boolean {
    return this.#state.kind !== 'idle';
  }

  get deadline(): Instant | undefined {
    switch (this.#state.kind) {
      case 'idle':
      case 'discovering':
        return undefined;
      case 'waiting':
        return this.#state.until;
      case 'joining':
        return this.#state.session.deadline;
      case 'awaiting-entrust':
        return Math.min(this.#state.until, this.#state.session.deadline ?? Infinity);
      case 'leaving':
        return this.#state.until;
    }
  }

  /** @throws SelvageError `wrong-state` while it is joining */
  start(): void {
    if (this.isUnderWay) throw new SelvageError('wrong-state', 'the node is joining already');
    this.#failure = undefined;
    this.#tried.clear();
    this.#refused.clear();
    this.#outputs.push({ kind: 'step', step: 'discovery' });
    this.#discover(false);
  }

  /** Joins no longer: but for what takes leave of the commissioner nothing more is told. */
  stop(now: Instant): void {
    this.#outputs.length = 0;
    if (this.#state.kind === 'joining') {
      const { session } = this.#state;
      session.close(now);
      for (let output = session.poll(now); output !== undefined; output = session.poll(now)) {
        if (output.kind === 'transmit') this.#outputs.push(output);
      }
    }
    this.#rest();
    this.#outputs.push({ kind: 'expect-entrust', kek: undefined });
  }

  handle(input: JoinerInput, now: Instant): void {
    const state = this.#state;
    switch (input.kind) {
      case 'discovered':
        if (state.kind === 'discovering') this.#heard(input.network, state);
        return;
      case 'discovery-over':
        if (state.kind === 'discovering') this.#discovered(state.networks, now);
        return;
      case 'datagram':
        if (state.kind === 'joining' || state.kind === 'awaiting-entrust') state.session.handle(input, now);
        return;
      case 'entrusted':
        if (state.kind === 'awaiting-entrust') this.#entrusted(input.payload, state.candidate);
    }
  }

  poll(now: Instant): JoinerOutput | undefined {
    this.#drain(now);
    if (this.#state.kind === 'waiting' && now >= this.#state.until) this.#discover(true);
    if (this.#state.kind === 'awaiting-entrust' && now >= this.#state.until) {
      this.#outputs.push({ kind: 'expect-entrust', kek: undefined });
      const { candidate } = this.#state;
      this.#failed(joinFailed('entrust-not-received', { 'joiner router': candidate.name }), candidate, now);
      this.#drain(now);
    }
    if (this.#state.kind === 'leaving' && now >= this.#state.until) {
      const { error, candidate } = this.#state;
      this.#failed(error, candidate, now);
      this.#drain(now);
    }
    return this.#outputs.shift();
  }

  #discover(isThorough: boolean): void {
    this.#wasThorough = isThorough;
    this.#state = { kind: 'discovering', networks: [], isThorough };
    this.#outputs.push({ kind: 'discover', channels: this.#options.channels });
  }

  /** A router nearby of a network that expects us, and not just anybody, is as good as any: the rest need not be heard. */
  #heard(network: DiscoveredNetwork, { networks, isThorough }: Extract<State, { kind: 'discovering' }>): void {
    networks.push(network);
    if (isThorough || !isExpectedNearby(network, this.#options.identity)) return;
    this.#outputs.push({ kind: 'stop-discovery' });
  }

  #discovered(networks: readonly DiscoveredNetwork[], now: Instant): void {
    const found = joinerCandidates(networks, this.#options.identity);
    // Nobody repeats an answer that was lost, or that came late. Where many join, whoever asks again at once is as unlucky.
    if (found === 'no-network' && !this.#wasThorough) {
      this.#state = { kind: 'waiting', until: now + this.#pause() };
      return;
    }
    if (typeof found === 'string' && this.#failure === undefined) {
      const names = [...new Set(networks.map(({ name }) => name))].join(', ');
      this.#rest();
      this.#outputs.push({ kind: 'failed', error: joinFailed(found, names === '' ? {} : { heard: names }) });
      return;
    }
    const untried = typeof found === 'string' ? [] : found.filter((candidate) => this.#isWorthATry(candidate));
    this.#candidates = untried.slice(0, mostCandidates);
    this.#next(now);
  }

  #pause(): number {
    const random = new Uint8Array(1);
    this.#options.entropy.fill(random);
    return leastPause * (1 + (random[0] as number) / 256);
  }

  #isWorthATry(candidate: JoinerCandidate): boolean {
    const refused = this.#refused.get(String(candidate.extendedPanId)) ?? 0;
    return !this.#tried.has(reachOf(candidate)) && refused < believedFrom;
  }

  /** The next joiner router, or the end. */
  #next(now: Instant): void {
    const candidate = this.#candidates.shift();
    // Who stopped listening early listens to the end before it gives up.
    if (candidate === undefined && !this.#wasThorough && this.#options.channels.length > 1) return this.#discover(true);
    if (candidate === undefined) {
      const error = this.#failure ?? joinFailed('no-joiner-router');
      this.#rest();
      this.#outputs.push({ kind: 'failed', error });
      return;
    }
    this.#tried.add(reachOf(candidate));
    const { core, entropy, passphrase, facts, identity } = this.#options;
    const joinerRouter = new Ip6Endpoint(linkLocalAddress(candidate.extended), candidate.joinerUdpPort);
    this.#outputs.push({ kind: 'tune', candidate, extended: identity.joinerId });
    const session = new JoinerSession({ core, entropy, joinerRouter, passphrase, facts }, now);
    this.#state = { kind: 'joining', candidate, session };
  }

  #drain(now: Instant): void {
    const state = this.#state;
    if (state.kind !== 'joining' && state.kind !== 'awaiting-entrust') return;
    const { session, candidate } = state;
    let hasSpoken = false;
    for (let output = session.poll(now); output !== undefined; output = session.poll(now)) {
      switch (output.kind) {
        case 'transmit':
          hasSpoken = true;
          this.#outputs.push(output);
          break;
        case 'step':
          this.#outputs.push({ ...output, network: candidate.name });
          break;
        case 'accepted':
          this.#state = { kind: 'awaiting-entrust', candidate, session, until: now + entrustTimeout };
          this.#outputs.push({ kind: 'expect-entrust', kek: output.kek });
          break;
        case 'failed':
          if (hasSpoken) {
            this.#state = { kind: 'leaving', candidate, error: output.error, until: now + goodbye };
            return;
          }
          this.#failed(output.error, candidate, now);
          return this.#drain(now);
      }
    }
  }

  #failed(error: SelvageError, { extendedPanId }: JoinerCandidate, now: Instant): void {
    if (this.#failure === undefined || weightOf(error) >= weightOf(this.#failure)) this.#failure = error;
    this.#countRefusal(error, String(extendedPanId));
    this.#next(now);
  }

  /** All joiner routers of a network lead to one commissioner: another of them asks the same again. */
  #countRefusal({ details }: SelvageError, network: string): void {
    const failure = details?.['failure'];
    const isRejected = failure === 'finalisation-rejected';
    if (!isRejected && !(refusals as readonly unknown[]).includes(failure)) return;
    this.#refused.set(network, isRejected ? believedFrom : (this.#refused.get(network) ?? 0) + 1);
    this.#candidates = this.#candidates.filter((candidate) => this.#isWorthATry(candidate));
  }

  #entrusted(payload: Uint8Array, candidate: JoinerCandidate): void {
    const entrusted = readEntrusted(payload, candidate);
    if (entrusted === undefined) return;
    this.#rest();
    this.#outputs.push({ kind: 'expect-entrust', kek: undefined }, { kind: 'joined', entrusted });
  }

  #rest(): void {
    this.#state = { kind: 'idle' };
    this.#candidates = [];
  }
}

function reachOf({ extended, panId, channel, joinerUdpPort }: JoinerCandidate): string {
  return [extended, panId, channel, joinerUdpPort].join(' ');
}

/** Of failures the one that came farthest is told; of those that came as far, rather not that somebody was busy or silent. */
function weightOf(error: SelvageError): number {
  const failure = error.details?.['failure'];
  return 2 * stepOf(error) + Number(failure === 'wrong-pskd' || failure === 'not-admitted');
}

/** How far a join had come. */
function stepOf({ details }: SelvageError): number {
  const failure = details?.['failure'];
  if (typeof failure !== 'string' || !(failure in joinFailures)) return -1;
  return joinSteps.indexOf(details?.['step'] as JoinStep);
}
