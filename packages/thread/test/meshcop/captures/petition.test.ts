import { concat, decode, encode, fromHex, tlvs as anyTlvs, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { Commissioner, type CommissionerOutput, Dataset, joinerPassphrase, meshcopTlvs } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { LeaderCommissioning } from '../../../src/stack/commissioning/leader-commissioning.js';
import { answerTo, type CapturedMessage, capturedMessages } from '../../support/captured-messages.js';
import { hasOtherKey } from '../../support/other-key.js';
import datasets from '../../vectors/datasets.json' with { type: 'json' };

const [relay, pending] = ['02-relay-and-wrong-pskd', '05-pending-dataset'] as const;
const name = 'OpenThread Commissioner';
/** The sessions that OpenThread's leader drew at random. */
const [relaySession, pendingSession] = [0x5083, 0xc4e4] as const;

describe("a native commissioner in the place of OpenThread's (captures 02 and 05)", () => {
  it('petitions, and stays alive, in the same words byte for byte', () => {
    const commissioner = commissionerOf();
    const [petition] = requests(commissioner, 0);
    expect(petition).toEqual(said(messagesOf(pending, 'c/lp')[0]!));
    answer(commissioner, 0, answerTo(capturedMessages(pending), messagesOf(pending, 'c/lp')[0]!));
    expect(commissioner.sessionId).toBe(pendingSession);
    requests(commissioner, 0);
    const [keepAlive] = requests(commissioner, 30_000);
    const captured = messagesOf(pending, 'c/la');
    expect(new Set(captured.map((message) => JSON.stringify(said(message)))).size).toBe(1);
    expect(keepAlive).toEqual(said(captured[0]!));
    answer(commissioner, 2, answerTo(capturedMessages(pending), captured[0]!), 30_000);
    expect(commissioner.state).toBe('active');
  });

  it('tells the network who may join by the same steering data, byte for byte', () => {
    const commissioner = commissionerOf();
    requests(commissioner, 0);
    answer(commissioner, 0, answerTo(capturedMessages(relay), messagesOf(relay, 'c/lp')[0]!));
    // That nobody may join is told first.
    requests(commissioner, 0);
    answer(commissioner, 1, answerTo(capturedMessages(relay), messagesOf(relay, 'c/cs')[0]!));
    const eui64 = fromHex('18b4300000000003');
    commissioner.admit({ kind: 'eui64', eui64 }, joinerPassphrase('J01NME'), 60_000, 0);
    expect(requests(commissioner, 0).at(-1)).toEqual(said(messagesOf(relay, 'c/cs')[0]!));
  });

  it('sets datasets by the same TLVs; ours names its session first, as ot-commissioner does, OpenThread last', () => {
    const commissioner = commissionerOf();
    requests(commissioner, 0);
    answer(commissioner, 0, answerTo(capturedMessages(pending), messagesOf(pending, 'c/lp')[0]!));
    requests(commissioner, 0);
    const captured = [...messagesOf(pending, 'c/as'), ...messagesOf(pending, 'c/ps')];
    for (const each of captured) {
      const tlvs = decode(meshcopTlvs, each.message.payload);
      const { path } = each;
      commissioner.request(path, tlvs.slice(0, -1), { kind: 'leader' });
      const [made] = requests(commissioner, 0);
      const session = each.message.payload.subarray(-4);
      expect(made).toEqual({ path, payload: toHex(concat(session, each.message.payload.subarray(0, -4))) });
    }
    expect(captured).toHaveLength(3);
  });
});

describe("a leader in the place of OpenThread's (captures 02 and 05)", () => {
  it('answers each petition, sign of life and request of management byte for byte', () => {
    const answered = [...replayLeader(relay, relaySession).answers, ...replayLeader(pending, pendingSession).answers];
    for (const { made, captured } of answered) expect(made).toBe(captured);
    expect(answered.map(({ path }) => path).filter((path) => path !== 'c/la')).toEqual([
      'c/lp',
      'c/cs',
      'c/lp',
      'c/ag',
      'c/as',
      'c/ps',
      'c/ps',
    ]);
    expect(answered).toHaveLength(19);
  });

  it('tells the network what was set: the commissioner, who may join, and the datasets that OpenThread then had', () => {
    const { published } = replayLeader(relay, relaySession);
    const registered = '0b0250830902' + '9c00';
    const steering = toHex(messagesOf(relay, 'c/cs')[0]!.message.payload.subarray(-18));
    expect(published).toEqual([registered, registered + steering]);
    const { active, pendings } = replayLeader(pending, pendingSession);
    expect(active.name).toBe('OT-New2');
    const vectors = datasets.datasets.filter((each) => each.name.startsWith(`${pending}: pendingTlvs`));
    const [move, , rekey] = vectors.map(({ tlvs }) => Dataset.parse(tlvs));
    expect(pendings.map((dataset) => fields(dataset))).toEqual([move, rekey].map((dataset) => fields(dataset!)));
    // OpenThread's had been told to take short delays; with a new network key it takes 300 s, and so does ours.
    expect(pendings.map((dataset) => dataset.get('delay'))).toEqual([30_000, 300_000]);
  });
});

function commissionerOf(): Commissioner {
  const options = { core: nativeCore, entropy: new SeededEntropy('native'), name, isNative: true };
  const commissioner = new Commissioner(options);
  commissioner.petition();
  return commissioner;
}

/** What the commissioner says to others now. */
function requests(commissioner: Commissioner, now: number): { path: string; payload: string }[] {
  const outputs: CommissionerOutput[] = [];
  for (let output = commissioner.poll(now); output !== undefined; output = commissioner.poll(now)) outputs.push(output);
  return outputs.flatMap((output) =>
    output.kind === 'request' ? [{ path: output.path, payload: toHex(output.payload) }] : [],
  );
}

function answer(commissioner: Commissioner, id: number, { message }: CapturedMessage, now = 0): void {
  commissioner.handle({ kind: 'response', id, payload: message.payload }, now);
}

function messagesOf(capture: string, path: string): readonly CapturedMessage[] {
  return capturedMessages(capture).filter((each) => each.path === path);
}

function said({ path, message }: CapturedMessage): { path: string; payload: string } {
  return { path, payload: toHex(message.payload) };
}

/** Every request to OpenThread's leader in a capture, asked of ours. */
function replayLeader(capture: string, session: number) {
  const found = datasets.datasets.find((each) => each.name === `${capture}: network`);
  let active = Dataset.parse(found?.tlvs ?? '');
  const pendings: Dataset[] = [];
  const published: string[] = [];
  const before = encode(meshcopTlvs, [{ type: 'commissionerSessionId', value: session - 1 }]);
  const leader = new LeaderCommissioning({
    delays: { leastDelay: 30_000, leastKeyDelay: 300_000 },
    entropy: new SeededEntropy('leader'),
    isLeader: () => true,
    partitionId: () => 1,
    networkData: () => [{ type: 'commissioning', stable: false, value: decode(anyTlvs, before) }],
    active: () => active,
    pending: () => pendings.at(-1),
    hasOtherKey: (dataset) => hasOtherKey(active, dataset),
    publish: (tlvs) => void published.push(toHex(encode(anyTlvs, tlvs))),
    setActive: (dataset) => (active = dataset),
    setPending: (dataset) => void pendings.push(dataset),
  });
  const messages = capturedMessages(capture);
  const asked = messages.filter(
    ({ path, destination }) => path.startsWith('c/') && toHex(destination).endsWith('fc00'),
  );
  const answers = asked.map((each) => {
    const { path, source } = each;
    // When the second is set, the first is in force.
    if (path === 'c/ps') active = pendings.at(-1)?.with({ delay: undefined, pendingTimestamp: undefined }) ?? active;
    const request = { path, payload: each.message.payload, source, confirmable: true, multicast: false };
    const made = leader.serve(request, each.frames[0]?.milliseconds ?? 0);
    return { path, made: made && toHex(made), captured: toHex(answerTo(messages, each).message.payload) };
  });
  return { answers, published, active, pendings };
}

/** The fields of a dataset but for its delay, in no order. */
function fields(dataset: Dataset): string[] {
  const rest = dataset.with({ delay: undefined, networkKey: undefined, pskc: undefined });
  const secrets = (['networkKey', 'pskc'] as const).map((field) => toHex(dataset.get(field)!.reveal()));
  return [...rest.entries.map((entry) => toHex(encode(meshcopTlvs, [entry as never]))).sort(), ...secrets];
}
