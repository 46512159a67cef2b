import { Alarm, type Clock, type Entropy } from '@selvage/core';
import { DiagnosticClient, type DiagnosticOutput } from '../../diag/diagnostic-client.js';
import type { DiagnosticOutcome, DiagnosticWish } from '../../diag/question.js';
import { isMulticast } from '../../ip6/address/classes.js';
import { joinFailed } from '../join-failure.js';
import type { CommissionerRunner } from './commissioner-runner.js';
import type { RequestDone } from './commissioner.js';

/** A node's answer. */
export type DiagnosedNode = Extract<DiagnosticOutcome, { kind: 'answer' }>;
/** Why there are no more answers. */
export type DiagnosisEnd = Extract<DiagnosticOutcome, { kind: 'over' }>['reason'];

interface Open {
  readonly onAnswer: (node: DiagnosedNode) => void;
  readonly end: (reason: DiagnosisEnd) => void;
}

/**
 * Network Diagnostics as a commissioner asks for them (Thread 1.3 §10.11): an external one by the UDP proxy of its border
 * agent, a native one by its node.
 */
export class CommissionerDiagnostics {
  readonly #runner: CommissionerRunner;
  readonly #client: DiagnosticClient;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #open = new Map<number, Open>();
  readonly #stop: () => void;

  constructor(runner: CommissionerRunner, entropy: Entropy, clock: Clock) {
    this.#runner = runner;
    this.#client = new DiagnosticClient(entropy);
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => this.#pump());
    this.#stop = runner.onEvent((event) => {
      if (event.kind !== 'diagnostic' || event.from === undefined) return;
      this.#client.handle({ kind: 'answer', source: event.from, payload: event.payload }, clock.now());
      this.#pump();
    });
  }

  /**
   * Asks one node, or a group; resolves when there are no more answers.
   * @throws SelvageError (rejects) `join-failed` for a commissioner that is not active
   */
  async ask(wish: DiagnosticWish, onAnswer: Open['onAnswer']): Promise<DiagnosisEnd> {
    if (this.#runner.commissioner.state !== 'active') throw joinFailed('commissioner-not-active');
    const way = isMulticast(wish.destination) ? 'query' : 'get';
    const question = this.#client[way](wish, this.#clock.now());
    const over = new Promise<DiagnosisEnd>((resolve) => this.#open.set(question, { onAnswer, end: resolve }));
    this.#pump();
    return over;
  }

  /** Hears no more answers. */
  close(): void {
    this.#stop();
    this.#alarm.set(undefined);
  }

  #pump(): void {
    const now = this.#clock.now();
    for (let output = this.#client.poll(now); output !== undefined; output = this.#client.poll(now)) this.#obey(output);
    this.#alarm.set(this.#client.deadline);
  }

  #obey(output: DiagnosticOutput): void {
    if (output.kind === 'event') {
      const { outcome } = output;
      const open = this.#open.get(outcome.question);
      if (outcome.kind === 'answer') return open?.onAnswer(outcome);
      this.#open.delete(outcome.question);
      return open?.end(outcome.reason);
    }
    const { question, path, payload, to, confirmable } = output;
    const done: RequestDone = (answer, error, now) => {
      const refusal = error?.code === 'timed-out' ? ({ kind: 'timed-out' } as const) : ({ kind: 'refused' } as const);
      const outcome = answer === undefined ? refusal : ({ kind: 'answered', payload: answer } as const);
      this.#client.handle({ kind: 'response', question, outcome }, now);
      this.#pump();
    };
    this.#runner.run((commissioner) => commissioner.diagnose(path, payload, to, confirmable ? done : undefined));
  }
}
