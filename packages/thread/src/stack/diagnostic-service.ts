import { type Entropy, FormatError, type Instant, toHex } from '@selvage/core';
import { diagnosticAnswer, type DiagnosticFacts } from '../diag/diagnostic-answer.js';
import { DiagnosticClient, type DiagnosticResponse } from '../diag/diagnostic-client.js';
import { type DiagnosticTlv, diagnosticTlvs, diagnosticType } from '../diag/diagnostic-tlvs.js';
import { readDiagnosticTlvs } from '../diag/report.js';
import { RoleTimes } from '../diag/role-times.js';
import { oneAnswer, splitAnswer } from '../diag/split-answer.js';
import type { MacCounters } from '../diag/tlv/counters.js';
import type { TmfDone, TmfOutcome } from '../tmf/pending-requests.js';
import type { TmfPort, TmfRequest } from '../tmf/tmf-port.js';
import type { NodeEvent } from './node-event.js';
import type { PacketInfo } from './packet-info.js';

/** What a {@link DiagnosticService} stands on. */
export interface DiagnosticServiceParts {
  readonly entropy: Entropy;
  readonly tmf: () => Pick<TmfPort<PacketInfo>, 'request' | 'tell'>;
  /** All but the counters that may be told to begin anew. */
  readonly facts: () => DiagnosticFacts;
  readonly tell: (event: NodeEvent) => void;
  readonly now: Instant;
}

const noBytes = new Uint8Array(0);

/** Network Diagnostics of a node (Thread 1.3 §10.11): what it answers, and what it asks others. */
export class DiagnosticService {
  /** What became of its questions is told as `diagnostic` events. */
  readonly client: DiagnosticClient;
  readonly #parts: DiagnosticServiceParts;
  readonly #roleTimes: RoleTimes;
  /** What the link had counted when somebody had it begin anew. */
  #macBase: MacCounters | undefined;

  constructor(parts: DiagnosticServiceParts) {
    this.#parts = parts;
    this.client = new DiagnosticClient(parts.entropy);
    this.#roleTimes = new RoleTimes(parts.now);
  }

  get deadline(): Instant {
    return this.client.deadline ?? Infinity;
  }

  tick(now: Instant): void {
    for (let output = this.client.poll(now); output !== undefined; output = this.client.poll(now)) {
      if (output.kind === 'event') {
        this.#parts.tell({ kind: 'diagnostic', outcome: output.outcome });
        continue;
      }
      const { question, path, payload, to, confirmable } = output;
      const tmf = this.#parts.tmf();
      if (!confirmable) tmf.tell(path, payload, to);
      else {
        const done: TmfDone = (outcome, at) =>
          this.client.handle({ kind: 'response', question, outcome: responseOf(outcome) }, at);
        tmf.request(path, payload, to, now, done);
      }
    }
  }

  /** Something happened that is counted. */
  heard(event: NodeEvent, parent: Uint8Array | undefined, now: Instant): void {
    if (event.kind === 'no-parent') this.#roleTimes.attempted();
    if (event.kind !== 'role') return;
    if (event.role === 'child') this.#roleTimes.attempted();
    const { partitionId } = this.#parts.facts().leaderData ?? {};
    this.#roleTimes.changed({ role: event.role, parent: parent && toHex(parent), partitionId }, now);
  }

  /** The answer to a `d/…` request; undefined for silence, and for what is none. */
  serve(request: TmfRequest, now: Instant): Uint8Array | undefined {
    switch (request.path) {
      case 'd/dg':
        return this.#diagnose(request, now);
      case 'd/dq':
        return this.#query(request, now);
      case 'd/dr':
        return this.#reset(request, now);
      case 'd/da':
        this.client.handle({ kind: 'answer', source: request.source, payload: request.payload }, now);
        return noBytes;
      default:
        return undefined;
    }
  }

  /** Thread 1.3 §10.11.2.1: TLVs for a list of types, to whoever waits for them. */
  #diagnose({ payload, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    const types = typeList(readQuestion(payload));
    if (types === undefined || !confirmable) return undefined;
    return oneAnswer(diagnosticAnswer(types, this.#facts(now), false));
  }

  /** Thread 1.3 §10.11.2.2: the answer goes to the asker in requests of its own, each once the one before was taken. */
  #query({ payload, source }: TmfRequest, now: Instant): Uint8Array | undefined {
    const question = readQuestion(payload);
    const types = typeList(question);
    if (types === undefined) return undefined;
    const answer = diagnosticAnswer(types, this.#facts(now), true);
    this.#inTurn(splitAnswer(diagnosticTlvs.first(question, 'queryId'), answer), source, now);
    return noBytes;
  }

  /** Thread 1.3 §10.11.2.3: counters begin anew. */
  #reset({ payload, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    const types = typeList(readQuestion(payload));
    if (types === undefined || !confirmable) return undefined;
    if (types.includes(diagnosticType('macCounters'))) this.#macBase = this.#parts.facts().macCounters;
    if (types.includes(diagnosticType('mleCounters'))) this.#roleTimes.reset(now);
    return noBytes;
  }

  #inTurn([first, ...rest]: readonly Uint8Array[], to: Uint8Array, now: Instant): void {
    if (first === undefined) return;
    const done: TmfDone = (outcome, at) => {
      if (outcome.kind === 'answer' && outcome.isChanged) this.#inTurn(rest, to, at);
    };
    this.#parts.tmf().request('d/da', first, to, now, done);
  }

  #facts(now: Instant): DiagnosticFacts {
    const facts = this.#parts.facts();
    const { macCounters } = facts;
    const sinceReset = macCounters && this.#macBase ? difference(macCounters, this.#macBase) : macCounters;
    return { ...facts, macCounters: sinceReset, mleCounters: this.#roleTimes.value(now) };
  }
}

function responseOf(outcome: TmfOutcome): DiagnosticResponse {
  if (outcome.kind === 'lost') return { kind: 'timed-out' };
  return outcome.kind === 'answer' && outcome.isChanged
    ? { kind: 'answered', payload: outcome.payload }
    : { kind: 'refused' };
}

function difference(counters: MacCounters, base: MacCounters): MacCounters {
  const names = Object.keys(counters) as (keyof MacCounters)[];
  return Object.fromEntries(names.map((name) => [name, counters[name] - base[name]])) as unknown as MacCounters;
}

function typeList(question: readonly DiagnosticTlv[]): readonly number[] | undefined {
  return diagnosticTlvs.first(question, 'typeList');
}

/** Empty for what are no TLVs. */
function readQuestion(payload: Uint8Array): readonly DiagnosticTlv[] {
  try {
    return readDiagnosticTlvs(payload);
  } catch (error) {
    if (error instanceof FormatError) return [];
    throw error;
  }
}
