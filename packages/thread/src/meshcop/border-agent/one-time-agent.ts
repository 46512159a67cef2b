import type { Engine, Instant, PeerAddress, Secret } from '@selvage/core';
import { BorderAgent, type BorderAgentInput, type BorderAgentOptions, type BorderAgentOutput } from './border-agent.js';

/** How an agent of one passcode is made. */
export interface OneTimeAgentOptions
  extends Pick<BorderAgentOptions, 'core' | 'entropy' | 'datasets' | 'activeElsewhere'> {
  /** ePSKc: nine digits, which somebody is told by voice or reads from a screen. */
  readonly passcode: Secret;
  /** Milliseconds; 120 s where it is left out, 10 minutes at most. */
  readonly lifetime?: number;
}

/** Why a one-time agent takes nobody any more. */
export type OneTimeEnd = 'session-ended' | 'too-many-tries' | 'timed-out' | 'closed';

/** What an agent of one passcode wants done, or tells. */
export type OneTimeAgentOutput<Address extends PeerAddress> =
  | BorderAgentOutput<Address>
  /** Always the last one: the port is to be closed. */
  | { readonly kind: 'over'; readonly why: OneTimeEnd };

/** Wrong passcodes that one agent stands: a guesser has ten chances in a hundred million. */
export const mostTries = 10;
/** Milliseconds (Thread 1.4 §8.4.9). */
export const [usualLifetime, longestLifetime] = [120_000, 600_000] as const;
/** At a time; a further one takes the place of the one that has waited longest, so that nobody holds the agent. */
const mostHandshakes = 4;

/**
 * A border agent for one session by a one-time passcode (ePSKc, Thread 1.4): somebody who is no owner of the network lets a
 * commissioner in once. It has a port of its own, beside the agent that knows the PSKc, and ends with its session, after
 * too many wrong passcodes, or when its time is over, whatever comes first.
 */
export class OneTimeAgent<Address extends PeerAddress>
  implements Engine<BorderAgentInput<Address>, OneTimeAgentOutput<Address>>
{
  readonly #agent: BorderAgent<Address>;
  readonly #until: Instant;
  #tries = 0;
  #end: OneTimeEnd | undefined;
  #hasSession = false;
  #isOver = false;

  constructor({ passcode, lifetime = usualLifetime, ...options }: OneTimeAgentOptions, now: Instant) {
    this.#until = now + Math.min(lifetime, longestLifetime);
    this.#agent = new BorderAgent({
      ...options,
      passphrase: () => (this.#takesOneMore ? passcode : undefined),
      mostSessions: 1,
      mostHandshakes,
      // There are so few tries that nobody has to be slowed, neither a guesser nor a person who mistypes.
      isSlowed: false,
    });
  }

  /** Wrong passcodes so far. */
  get tries(): number {
    return this.#tries;
  }

  get sessionCount(): number {
    return this.#agent.sessionCount;
  }

  get deadline(): Instant | undefined {
    if (this.#isOver) return undefined;
    return Math.min(this.#end === undefined ? this.#until : Infinity, this.#agent.deadline ?? Infinity);
  }

  handle(input: BorderAgentInput<Address>, now: Instant): void {
    if (!this.#isOver) this.#agent.handle(input, now);
  }

  poll(now: Instant): OneTimeAgentOutput<Address> | undefined {
    if (this.#isOver) return undefined;
    if (now >= this.#until) this.#finish('timed-out', now);
    const output = this.#agent.poll(now);
    if (output?.kind === 'session') this.#note(output.state, now);
    if (output !== undefined || this.#end === undefined) return output;
    this.#isOver = true;
    return { kind: 'over', why: this.#end };
  }

  /** Takes nobody any more, and ends the session. */
  close(now: Instant): void {
    this.#finish('closed', now);
  }

  /** Handshakes under way may each turn out to be a wrong try. */
  get #takesOneMore(): boolean {
    return this.#end === undefined && !this.#hasSession && this.#tries + this.#agent.handshakeCount < mostTries;
  }

  #note(state: 'opened' | 'closed' | 'wrong-passphrase', now: Instant): void {
    if (state === 'opened') this.#hasSession = true;
    if (state === 'closed') this.#finish('session-ended', now);
    if (state === 'wrong-passphrase' && ++this.#tries >= mostTries) this.#finish('too-many-tries', now);
  }

  #finish(why: OneTimeEnd, now: Instant): void {
    if (this.#end !== undefined) return;
    this.#end = why;
    this.#agent.close(now);
  }
}
