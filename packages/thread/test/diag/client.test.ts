import { encode } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import {
  DiagnosticClient,
  type DiagnosticOutcome,
  type DiagnosticOutput,
  type DiagnosticTlv,
  diagnosticTlvs,
  parseIp6,
} from '@selvage/thread';

const everybody = parseIp6('ff03::1');
const nodes = [parseIp6('fd00::ff:fe00:400'), parseIp6('fd00::ff:fe00:800')] as const;

/** A client, what it asked and what it told. */
class Asking {
  readonly client = new DiagnosticClient(new SeededEntropy('diagnostics'));
  readonly requests: Extract<DiagnosticOutput, { kind: 'request' }>[] = [];
  readonly outcomes: DiagnosticOutcome[] = [];

  drain(now: number): void {
    for (let output = this.client.poll(now); output !== undefined; output = this.client.poll(now)) {
      if (output.kind === 'request') this.requests.push(output);
      else this.outcomes.push(output.outcome);
    }
  }

  answer(from: 0 | 1, entries: readonly DiagnosticTlv[], now: number): void {
    this.client.handle({ kind: 'answer', source: nodes[from], payload: encode(diagnosticTlvs, entries) }, now);
    this.drain(now);
  }

  /** The query id of the last question. */
  get queryId(): number {
    return this.requests
      .at(-1)!
      .payload.subarray(-2)
      .reduce((id, byte) => (id << 8) | byte, 0);
  }
}

describe('a question to one node', () => {
  it('is asked by d/dg, and over when it is answered', () => {
    const asking = new Asking();
    const question = asking.client.get({ destination: nodes[0], types: ['rloc16', 34], patience: 5000 }, 0);
    asking.drain(0);
    expect(asking.requests).toMatchObject([{ path: 'd/dg', confirmable: true, question }]);
    expect([...asking.requests[0]!.payload]).toEqual([18, 2, 1, 34]);
    const payload = encode(diagnosticTlvs, [{ type: 'rloc16', value: 0x400 }]);
    asking.client.handle({ kind: 'response', question, outcome: { kind: 'answered', payload } }, 10);
    asking.drain(10);
    expect(asking.outcomes).toEqual([
      { kind: 'answer', question, source: nodes[0], isWhole: true, report: { rloc16: 0x400, unknown: [] } },
      { kind: 'over', question, reason: 'answered', answers: 1 },
    ]);
    expect(asking.client.deadline).toBeUndefined();
  });

  it.each([
    ['is refused', 'refused'],
    ['is not answered', 'timed-out'],
  ] as const)('%s: nothing more comes of it', (_name, reason) => {
    const asking = new Asking();
    const question = asking.client.get({ destination: nodes[0], types: ['rloc16'], patience: 5000 }, 0);
    asking.drain(0);
    if (reason === 'refused') asking.client.handle({ kind: 'response', question, outcome: { kind: 'refused' } }, 9);
    asking.drain(reason === 'refused' ? 9 : 5000);
    expect(asking.outcomes).toEqual([{ kind: 'over', question, reason, answers: 0 }]);
  });

  it('cannot be a group', () => {
    expect(() => new Asking().client.get({ destination: everybody, types: [], patience: 1 }, 0)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

describe('a query to a group', () => {
  it('gathers parts in any order, repeated ones once, from each node for itself, until its time is over', () => {
    const asking = new Asking();
    const question = asking.client.query({ destination: everybody, types: ['rloc16', 'child'], patience: 3000 }, 0);
    asking.drain(0);
    expect(asking.requests).toMatchObject([{ path: 'd/dq', confirmable: false, to: everybody }]);
    const id = { type: 'queryId', value: asking.queryId } as const;
    const end = (index: number, isLast: boolean) => ({ type: 'answer', value: { index, isLast } }) as const;
    asking.answer(0, [id, { type: 'child', value: undefined }, end(1, true)], 100);
    asking.answer(1, [id, { type: 'rloc16', value: 0x800 }, end(0, false)], 110);
    asking.answer(0, [id, { type: 'child', value: undefined }, end(1, true)], 120);
    expect(asking.outcomes).toEqual([]);
    asking.answer(0, [id, { type: 'rloc16', value: 0x400 }, end(0, false)], 130);
    asking.answer(0, [id, { type: 'rloc16', value: 0x401 }, end(0, true)], 140);
    expect(asking.outcomes).toMatchObject([{ kind: 'answer', source: nodes[0], isWhole: true }]);
    expect(asking.outcomes[0]).toMatchObject({ report: { rloc16: 0x400, children: [] } });
    asking.drain(3000);
    expect(asking.outcomes.slice(1)).toMatchObject([
      { kind: 'answer', source: nodes[1], isWhole: false, report: { rloc16: 0x800 } },
      { kind: 'over', question, reason: 'answered', answers: 2 },
    ]);
  });

  it('takes no answer to another query, no TLVs that are none, and no part beyond the last', () => {
    const asking = new Asking();
    asking.client.query({ destination: everybody, types: ['rloc16'], patience: 3000 }, 0);
    asking.drain(0);
    asking.answer(
      0,
      [
        { type: 'queryId', value: asking.queryId ^ 1 },
        { type: 'rloc16', value: 1 },
      ],
      5,
    );
    asking.client.handle({ kind: 'answer', source: nodes[0], payload: Uint8Array.of(0, 8, 1) }, 6);
    const part = { type: 'answer', value: { index: 64, isLast: true } } as const;
    asking.answer(1, [{ type: 'queryId', value: asking.queryId }, part], 7);
    asking.drain(2999);
    expect(asking.outcomes).toEqual([]);
  });

  it('takes an answer without query id and number as one to the latest query', () => {
    const asking = new Asking();
    const question = asking.client.query({ destination: nodes[1], types: ['rloc16'], patience: 3000 }, 0);
    asking.drain(0);
    asking.client.handle({ kind: 'response', question, outcome: { kind: 'answered', payload: new Uint8Array() } }, 5);
    asking.answer(1, [{ type: 'rloc16', value: 0x800 }], 6);
    expect(asking.outcomes.map(({ kind }) => kind)).toEqual(['answer', 'over']);
  });

  it('is one of sixteen at most: the oldest gives way', () => {
    const asking = new Asking();
    for (let i = 0; i < 17; i++) asking.client.query({ destination: everybody, types: [], patience: 10 }, 0);
    asking.drain(0);
    expect(asking.outcomes).toMatchObject([{ kind: 'over', question: 1, reason: 'timed-out', answers: 0 }]);
  });
});
