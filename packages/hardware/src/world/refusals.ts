import { type ErrorCode, FormatError, type Instant, SelvageError } from '@selvage/core';
import type { ChannelService } from '../channel/serving.js';
import type { Violation, ViolationKind } from '../channel/limits.js';
import { Allowance, type Rate } from './allowance.js';

/** What firmware was refused: an error's code, a violation of the channel, or what the board does not put up with. */
export type RefusalKind = ErrorCode | ViolationKind | BoardRefusal;

/** What the board itself refuses. */
export type BoardRefusal =
  /** The loader refused a module, a function of the process, or the like. */
  | 'loader'
  /** More datagrams than a port or all of them may send. */
  | 'datagram-rate'
  /** A datagram for a port that is not open. */
  | 'no-such-port'
  /** A datagram that the port does not send: too large, or to where it does not go. */
  | 'datagram-refused'
  /** A peripheral that is not there. */
  | 'no-such-peripheral'
  | 'show-rate'
  | 'log-rate'
  /** More bytes than the channel may carry: it was read more slowly. */
  | 'throttled';

/** One refusal, and which of its kind it is. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** What was refused, in printable characters. */
  readonly what: string;
  /** 1 for the first of its kind. */
  readonly count: number;
}

/** What becomes of refusals, and how many are borne. */
export interface RefusalOptions {
  /** Hears of the first refusal of a kind, the second, the fourth, and so on: a log stays short. */
  readonly onRefusal?: ((refusal: Refusal) => void) | undefined;
  /** How many refusals firmware may collect before it is stopped. */
  readonly patience?: Rate | undefined;
}

/** A program with a mistake in it is refused now and then; one that goes on like this means it. */
export const usualPatience: Rate = { burst: 2000, perSecond: 20 };

/** What firmware was refused since it was started: counted by kind, and told. */
export class Refusals {
  readonly #counts = new Map<RefusalKind, number>();
  readonly #options: RefusalOptions;
  readonly #patience: Allowance;
  #isOut = false;
  #onImpatience: () => void = () => undefined;

  constructor(options: RefusalOptions = {}) {
    this.#options = options;
    this.#patience = new Allowance(options.patience ?? usualPatience);
  }

  /** How many there were of each kind. */
  get counts(): ReadonlyMap<RefusalKind, number> {
    return this.#counts;
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** Sets who is told, once, that there were more than anybody puts up with. */
  onImpatience(listener: () => void): void {
    if (this.#isOut) listener();
    else this.#onImpatience = listener;
  }

  add(kind: RefusalKind, what: string, now: Instant): void {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if ((count & (count - 1)) === 0) this.#options.onRefusal?.({ kind, what, count });
    if (this.#isOut || this.#patience.take(now)) return;
    this.#isOut = true;
    this.#onImpatience();
  }

  /** Takes down what a channel does not put up with. */
  addViolation({ kind, service, operation }: Violation, now: Instant): void {
    const place = service === undefined ? 'the channel' : `service ${service}, operation ${operation}`;
    this.add(kind, place, now);
  }

  /** The service, with each of its errors taken down. @param name what it is called in the log */
  watch(name: string, service: ChannelService, now: () => Instant): ChannelService {
    const { request, notice } = service;
    if (request === undefined) return service;
    const refused = (error: unknown, operation: number): never => {
      // What is malformed is a violation that the channel tells of itself.
      if (error instanceof SelvageError && error.code !== 'cancelled' && !isMalformed(error)) {
        this.add(error.code, `${name}, operation ${operation}`, now());
      }
      throw error;
    };
    return {
      ...(notice && { notice }),
      request: (asked) => {
        try {
          const answer = request(asked);
          if (answer instanceof Uint8Array) return answer;
          return answer.catch((error: unknown) => refused(error, asked.operation));
        } catch (error) {
          return refused(error, asked.operation);
        }
      },
    };
  }
}

/** As the channel has it. */
function isMalformed(error: SelvageError): boolean {
  return error instanceof FormatError && error.fault === 'peer';
}
