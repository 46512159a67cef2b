import { type Engine, type Entropy, FormatError, type Instant, SelvageError, toHex } from '@selvage/core';
import { isMulticast } from '../ip6/address/classes.js';
import { AnswerParts } from './answer-parts.js';
import { type DiagnosticTlv, diagnosticTlvs } from './diagnostic-tlvs.js';
import {
  type DiagnosticOutcome,
  type DiagnosticPath,
  type DiagnosticWish,
  type OpenQuestion,
  questionPayload,
} from './question.js';
import { diagnosticReport, readDiagnosticTlvs } from './report.js';

/** What became of a confirmable request. */
export type DiagnosticResponse =
  | { readonly kind: 'answered'; readonly payload: Uint8Array }
  | { readonly kind: 'refused' }
  | { readonly kind: 'timed-out' };

/** What a {@link DiagnosticClient} takes. */
export type DiagnosticInput =
  /** What became of a confirmable request of this question. */
  | { readonly kind: 'response'; readonly question: number; readonly outcome: DiagnosticResponse }
  /** A `d/da`, which a node sends for each part of its answer to a query. */
  | { readonly kind: 'answer'; readonly source: Uint8Array; readonly payload: Uint8Array };

/** What a {@link DiagnosticClient} wants done. */
export type DiagnosticOutput =
  | {
      readonly kind: 'request';
      readonly question: number;
      readonly path: DiagnosticPath;
      readonly payload: Uint8Array;
      readonly to: Uint8Array;
      /** Whether its response is to be told. */
      readonly confirmable: boolean;
    }
  | { readonly kind: 'event'; readonly outcome: DiagnosticOutcome };

interface Asked extends OpenQuestion {
  readonly answers: Map<string, AnswerParts>;
  told: number;
}

/** Questions that are open at a time, and nodes whose answers to one of them are put together. */
const [mostQuestions, mostNodes] = [16, 1024] as const;

/**
 * Asks nodes for what they know of themselves and of the mesh (Thread 1.3 §10.11, with the split answers of 1.4): one
 * node, or many by one multicast. Whoever asks gets each node's whole answer once, and is told when there are no more.
 */
export class DiagnosticClient implements Engine<DiagnosticInput, DiagnosticOutput> {
  readonly #outputs: DiagnosticOutput[] = [];
  #questions: Asked[] = [];
  #lastQuestion = 0;
  #queryId: number;

  constructor(entropy: Entropy) {
    const start = new Uint8Array(2);
    entropy.fill(start);
    this.#queryId = ((start[0] as number) << 8) | (start[1] as number);
  }

  get deadline(): Instant | undefined {
    if (this.#outputs.length > 0) return -Infinity;
    if (this.#questions.length === 0) return undefined;
    return Math.min(...this.#questions.map(({ endsAt }) => endsAt));
  }

  /** Asks one node, which answers in one message. @throws SelvageError `invalid-argument` for a group */
  get(wish: DiagnosticWish, now: Instant): number {
    return this.#one('d/dg', wish, now);
  }

  /** Has one node count anew: `macCounters`, `mleCounters`. @throws SelvageError `invalid-argument` for a group */
  reset(wish: DiagnosticWish, now: Instant): number {
    return this.#one('d/dr', wish, now);
  }

  /** Asks a group, or one node that has more to say than one message holds. */
  query(wish: DiagnosticWish, now: Instant): number {
    this.#queryId = (this.#queryId + 1) & 0xffff;
    return this.#ask('d/dq', wish, this.#queryId, now);
  }

  handle(input: DiagnosticInput, now: Instant): void {
    this.#expire(now);
    if (input.kind === 'answer') return this.#answered(input.source, input.payload);
    const asked = this.#questions.find(({ question }) => question === input.question);
    if (asked !== undefined) this.#responded(asked, input.outcome);
  }

  poll(now: Instant): DiagnosticOutput | undefined {
    this.#expire(now);
    return this.#outputs.shift();
  }

  #one(path: DiagnosticPath, wish: DiagnosticWish, now: Instant): number {
    if (isMulticast(wish.destination)) {
      throw new SelvageError('invalid-argument', 'a group is asked by a query: who gets this answers for itself');
    }
    return this.#ask(path, wish, undefined, now);
  }

  #ask(path: DiagnosticPath, wish: DiagnosticWish, queryId: number | undefined, now: Instant): number {
    const { destination, types, patience } = wish;
    if (this.#questions.length >= mostQuestions) this.#end(this.#questions[0] as Asked, 'timed-out');
    const question = ++this.#lastQuestion;
    const endsAt = now + patience;
    this.#questions.push({ question, path, destination, queryId, endsAt, answers: new Map(), told: 0 });
    const payload = questionPayload(types, queryId);
    const confirmable = !isMulticast(destination);
    this.#outputs.push({ kind: 'request', question, path, payload, to: destination, confirmable });
    return question;
  }

  #responded(asked: Asked, outcome: DiagnosticResponse): void {
    if (outcome.kind !== 'answered') return this.#end(asked, outcome.kind);
    // The response to a query says no more than that the answer comes.
    if (asked.path === 'd/dq') return;
    if (asked.path === 'd/dg') {
      const entries = readEntries(outcome.payload);
      if (entries === undefined) return this.#end(asked, 'refused');
      this.#tell(asked, asked.destination, entries, true);
    } else {
      asked.told++;
    }
    this.#end(asked, 'answered');
  }

  #answered(source: Uint8Array, payload: Uint8Array): void {
    const entries = readEntries(payload);
    const asked = entries && this.#askedBy(diagnosticTlvs.first(entries, 'queryId'));
    if (entries === undefined || asked === undefined) return;
    const name = toHex(source);
    const known = asked.answers.get(name);
    if (known === undefined && asked.answers.size >= mostNodes) return;
    const parts = known ?? new AnswerParts(source);
    if (parts.isWhole) return;
    asked.answers.set(name, parts);
    parts.take(entries);
    if (!parts.isWhole) return;
    this.#tell(asked, source, parts.entries, true);
    if (!isMulticast(asked.destination)) this.#end(asked, 'answered');
  }

  /** Nodes of before Thread 1.4 do not say what they answer: it is the latest query. */
  #askedBy(queryId: number | undefined): Asked | undefined {
    return this.#questions.findLast((asked) =>
      queryId === undefined ? asked.path === 'd/dq' : asked.queryId === queryId,
    );
  }

  #expire(now: Instant): void {
    for (const asked of this.#questions.filter(({ endsAt }) => endsAt <= now)) this.#end(asked, 'timed-out');
  }

  #end(asked: Asked, reason: Extract<DiagnosticOutcome, { kind: 'over' }>['reason']): void {
    this.#questions = this.#questions.filter((other) => other !== asked);
    for (const { isWhole, source, entries } of asked.answers.values()) {
      if (!isWhole) this.#tell(asked, source, entries, false);
    }
    // A query to a group has no other end.
    const isAnswered = reason === 'timed-out' && isMulticast(asked.destination) && asked.told > 0;
    const { question, told } = asked;
    const outcome = { kind: 'over', question, reason: isAnswered ? 'answered' : reason, answers: told } as const;
    this.#outputs.push({ kind: 'event', outcome });
  }

  #tell(asked: Asked, source: Uint8Array, entries: readonly DiagnosticTlv[], isWhole: boolean): void {
    asked.told++;
    const { question } = asked;
    this.#outputs.push({
      kind: 'event',
      outcome: { kind: 'answer', question, source, isWhole, report: diagnosticReport(entries) },
    });
  }
}

function readEntries(payload: Uint8Array): DiagnosticTlv[] | undefined {
  try {
    return readDiagnosticTlvs(payload);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
