import { concat, type FieldSpan } from '@selvage/core';
import { handshakeHeaderLength } from '../../../src/protocol/handshake.js';
import { recordHeaderLength } from '../../../src/protocol/record.js';
import type { Scenario } from './scenario.js';
import { bodyOf, epochOf, fieldsOf, headerLengthOf, withBody, withFragment, writeUint } from './wire.js';

/** What stands in a datagram in place of a record, and what is sent by itself just before and a little later. */
export interface Replacement {
  readonly records: readonly Uint8Array[];
  readonly ahead?: readonly Uint8Array[];
  readonly later?: readonly Uint8Array[];
}

/** How a record is changed; `earlier` are the records its sender sent before it. */
export type Change = (record: Uint8Array, earlier: readonly Uint8Array[]) => Replacement;

/** A change with the name it goes by. */
export interface NamedChange {
  readonly kind: 'flip' | 'truncate' | 'oversize' | 'duplicate' | 'reorder' | 'replay' | 'drop' | 'out-of-place';
  /** The field of a flip; for the others, how. */
  readonly what: string;
  readonly change: Change;
}

/** A message of a scenario as it went over the wire unharmed. */
export interface Sample {
  readonly name: string;
  readonly from: 'client' | 'server';
  readonly record: Uint8Array;
}

/** Every change of one message: each leaf field, and each thing that can happen to a message as a whole. */
export function changesOf(sample: Sample, samples: readonly Sample[], scenario: Scenario): NamedChange[] {
  const own = samples.filter(({ from }) => from === sample.from);
  return [
    ...fieldsOf(sample.record, scenario.keyExchange).flatMap((span) => flips(span, scenario)),
    ...wholeMessageChanges(sample),
    ...(own[0] === sample ? [] : replays),
    ...own.filter((other) => other !== sample).flatMap((other) => outOfPlace(sample, other)),
  ];
}

/** A number's lowest and highest bit, a byte string's first and last byte. */
function flips(span: FieldSpan, { keyExchange }: Scenario): NamedChange[] {
  const flip = (which: 'first' | 'last', mask: number): NamedChange => ({
    kind: 'flip',
    what: `${span.path} ${which}`,
    change: (record) => {
      const now = fieldsOf(record, keyExchange).find(({ path }) => path === span.path) ?? span;
      const changed = record.slice();
      const at = which === 'first' ? now.offset : now.offset + now.length - 1;
      changed[at] = (changed[at] ?? 0) ^ mask;
      return { records: [changed] };
    },
  });
  return span.length === 0 ? [] : [flip('first', 0x80), flip('last', 0x01)];
}

function wholeMessageChanges(sample: Sample): NamedChange[] {
  const isMessage = epochOf(sample.record) === 0 && sample.name !== 'change_cipher_spec';
  const content = (record: Uint8Array) => (isMessage ? bodyOf(record) : record.slice(headerLengthOf(record)));
  const refill = (record: Uint8Array, bytes: Uint8Array): Replacement => ({
    records: [isMessage ? withBody(record, bytes) : withFragment(record, bytes)],
  });
  const hasContent = content(sample.record).length > 0;
  const cuts: NamedChange[] = [
    { kind: 'truncate', what: 'content empty', change: (record) => refill(record, new Uint8Array(0)) },
    {
      kind: 'truncate',
      what: 'content short by one',
      change: (record) => refill(record, content(record).slice(0, -1)),
    },
  ];
  return [
    ...(hasContent ? cuts : []),
    { kind: 'truncate', what: 'record cut', change: (record) => ({ records: [record.slice(0, -1)] }) },
    {
      kind: 'oversize',
      what: 'one byte',
      change: (record) => refill(record, concat(content(record), Uint8Array.of(0))),
    },
    { kind: 'oversize', what: '16000 bytes', change: (record) => refill(record, grown(content(record), 16_000)) },
    { kind: 'oversize', what: 'beyond a record', change: (record) => refill(record, grown(content(record), 20_000)) },
    ...(isMessage ? [{ kind: 'oversize', what: 'claims 2^24-1', change: claimsTheMost } as const] : []),
    { kind: 'duplicate', what: 'in place', change: (record) => ({ records: [record, record] }) },
    { kind: 'duplicate', what: 'later', change: (record) => ({ records: [record], later: [record] }) },
    { kind: 'reorder', what: 'behind its flight', change: (record) => ({ records: [], later: [record] }) },
    { kind: 'drop', what: 'dropped', change: () => ({ records: [] }) },
  ];
}

const replays: readonly NamedChange[] = [
  { kind: 'replay', what: 'before it', change: (record, earlier) => ({ records: [record], ahead: earlier }) },
  { kind: 'replay', what: 'instead of it', change: (_, earlier) => ({ records: earlier.slice(-1) }) },
];

/** Another message of the sender in this one's place, under this one's number. */
function outOfPlace(sample: Sample, other: Sample): NamedChange[] {
  const arePlain = [sample, other].every(({ record, name }) => epochOf(record) === 0 && name !== 'change_cipher_spec');
  if (!arePlain) return [];
  const type = other.record[recordHeaderLength];
  const change: Change = (record) => ({ records: [withBody(record, bodyOf(other.record), type)] });
  return [{ kind: 'out-of-place', what: other.name, change }];
}

function claimsTheMost(record: Uint8Array): Replacement {
  const changed = record.slice();
  writeUint(changed, recordHeaderLength + 1, 3, 0xff_ffff);
  return { records: [changed] };
}

function grown(content: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length - handshakeHeaderLength);
  out.set(content);
  return out;
}
