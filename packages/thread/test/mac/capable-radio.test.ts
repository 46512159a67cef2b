/** A link over a radio that acknowledges, backs off and repeats by itself, as a co-processor behind spinel does. */
import { fromHex, toHex } from '@selvage/core';
import { FixedEntropy, MemoryStore, VirtualClock } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { Link, type LinkEvent, type LinkOutput, type SendOutcome } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import type { ScanOutcome } from '../../src/mac/scanner.js';
import { immediateAcknowledgement } from '../../src/mac/acknowledgement.js';
import { writeFrameCheck } from '../../src/mac/frame/frame-check.js';
import { openKeys } from '../support/opened-keys.js';

const [ours, child] = [fromHex('02aabbccddee0001'), fromHex('02aabbccddee0002')];
const capabilities = {
  acknowledges: true,
  repeats: true,
  acknowledgementTimeout: 16,
  sensitivity: -100,
  sharesChannel: true,
} as const;

async function create() {
  const opened = await openKeys(new VirtualClock(), new MemoryStore());
  await opened.settle();
  const outcomes: SendOutcome[] = [];
  const events: LinkEvent[] = [];
  const user = {
    onFrame: () => undefined,
    onSent: (_id: number, outcome: SendOutcome) => void outcomes.push(outcome),
    onEvent: (event: LinkEvent) => void events.push(event),
  };
  const entropy = new FixedEntropy(new Uint8Array(64));
  const link = new Link({ core: nativeCore, entropy, keys: opened.keys, radio: capabilities, extended: ours, user });
  link.setPanId(0xface);
  link.setShort(0x0400);
  const drain = (now = 0): LinkOutput[] => {
    const outputs: LinkOutput[] = [];
    for (let output = link.poll(now); output !== undefined; output = link.poll(now)) outputs.push(output);
    return outputs;
  };
  const give = (): number =>
    link.send(
      {
        destination: { kind: 'short', short: 0x0401 },
        source: 'short',
        protection: { kind: 'network' },
        payload: fromHex('7f33'),
      },
      0,
    );
  return { link, drain, give, outcomes, events };
}

function transmissionIn(outputs: readonly LinkOutput[]) {
  const output = outputs.find(({ kind }) => kind === 'transmit');
  if (output?.kind !== 'transmit') throw new TypeError('nothing is transmitted');
  return output.transmission;
}

describe('a link over a capable radio', () => {
  it('says whom it answers for, and listens', async () => {
    const { drain } = await create();
    expect(drain()).toEqual([
      {
        kind: 'configure',
        identity: { panId: 0xface, short: 0x0400, extended: ours, pendingShort: [], pendingExtended: [] },
      },
      { kind: 'listen', channel: 11 },
    ]);
  });

  it('has it receive on another channel before it asks there who is there, and comes back', async () => {
    const { link, drain, give } = await create();
    drain();
    const found: ScanOutcome[] = [];
    link.scan({ kind: 'active', channel: 20, duration: 300 }, (outcome) => void found.push(outcome));
    const outputs = drain();
    expect(outputs.map(({ kind }) => kind)).toEqual(['listen', 'transmit']);
    expect(outputs[0]).toEqual({ kind: 'listen', channel: 20 });
    const { id, psdu, channel } = transmissionIn(outputs);
    expect([toHex(psdu.subarray(0, 2)), channel]).toEqual(['0318', 20]);
    // What is to be sent meanwhile waits until the radio is back.
    give();
    expect(drain()).toEqual([]);
    link.handle({ kind: 'transmitted', id, outcome: 'sent', at: 5 }, 5);
    expect([drain(5), link.deadline]).toEqual([[], 305]);
    const beacon = fromHex('00c007efbe10bf477414ed96a61742');
    link.handle({ kind: 'received', frame: { psdu: beacon, channel: 20, rssi: -60, at: 9 } }, 9);
    expect(drain(305).map(({ kind }) => kind)).toEqual(['transmit', 'listen']);
    const extended = fromHex('a696ed147447bf10');
    const beacons = [{ panId: 0xbeef, extended, channel: 20, rssi: -60 }];
    expect(found).toEqual([{ kind: 'active', beacons }]);
  });

  it('has it measure, sends nothing meanwhile, and gives a measurement up that never comes', async () => {
    const { link, drain, give } = await create();
    drain();
    const found: ScanOutcome[] = [];
    const note = (outcome: ScanOutcome): void => void found.push(outcome);
    link.scan({ kind: 'energy', channel: 20, duration: 100 }, note);
    link.scan({ kind: 'energy', channel: 21, duration: 100 }, note);
    expect(drain()).toEqual([{ kind: 'measure', channel: 20, milliseconds: 100 }]);
    give();
    expect(drain(50)).toEqual([]);
    link.handle({ kind: 'energy', channel: 20, dBm: -77 }, 100);
    expect(drain(100)).toEqual([{ kind: 'measure', channel: 21, milliseconds: 100 }]);
    expect(drain(3300).map(({ kind }) => kind)).toEqual(['transmit']);
    expect(found).toEqual([
      { kind: 'energy', dBm: -77 },
      { kind: 'energy', dBm: undefined },
    ]);
  });

  it('gives it a frame once, with how often it may try, and believes what it says', async () => {
    const { link, drain, give, outcomes } = await create();
    for (const outcome of ['sent', 'no-acknowledgement', 'channel-busy', 'aborted'] as const) {
      give();
      const { id, backOffs, repetitions, awaitsAcknowledgement, assess } = transmissionIn(drain());
      expect({ backOffs, repetitions, awaitsAcknowledgement, assess }).toEqual({
        backOffs: 4,
        repetitions: 15,
        awaitsAcknowledgement: true,
        assess: true,
      });
      expect(drain()).toEqual([]);
      link.handle({ kind: 'transmitted', id: id + 1, outcome, at: 1 }, 1);
      expect(drain(1)).toEqual([]);
      link.handle({ kind: 'transmitted', id, outcome, at: 1 }, 1);
      drain(1);
    }
    expect(outcomes).toEqual(['sent', 'no-acknowledgement', 'channel-busy', 'dropped']);
  });

  it('names the sleepy children for whom something waits, by both addresses, as long as it does', async () => {
    const { link, drain, give, outcomes } = await create();
    link.neighbours.enter(child, { short: 0x0401, receiveOn: false, isChild: true });
    drain();
    const id = give();
    const identities = drain().flatMap((output) => (output.kind === 'configure' ? [output.identity] : []));
    expect(identities).toMatchObject([{ pendingShort: [0x0401], pendingExtended: [child] }]);
    link.withdraw(id);
    const after = drain().flatMap((output) => (output.kind === 'configure' ? [output.identity] : []));
    expect(after).toMatchObject([{ pendingShort: [], pendingExtended: [] }]);
    expect(outcomes).toEqual(['dropped']);
  });

  it('acknowledges nothing itself', async () => {
    const { link, drain } = await create();
    drain();
    const psdu = fromHex('618801cefa0004010400000000');
    writeFrameCheck(psdu);
    link.handle({ kind: 'received', frame: { psdu, channel: 11, rssi: -50, at: 0 } }, 0);
    expect(drain()).toEqual([]);
    expect([link.counters.delivered, link.counters.acknowledged]).toEqual([1, 0]);
  });

  it('polls, and learns from the acknowledgement that the radio hands over whether something waits', async () => {
    const { link, drain, events } = await create();
    link.setReceiveOn(false);
    const parent = { kind: 'short', short: 0x0800 } as const;
    link.setPolling({ parent, source: 'short', period: 1000 }, 0);
    expect(drain().at(-1)).toEqual({ kind: 'sleep' });
    const { id, psdu } = transmissionIn(drain(1000));
    expect(toHex(psdu)).toMatch(/^6b98/);
    const acknowledgement = { psdu: immediateAcknowledgement(psdu[2]!, true), channel: 11, rssi: -50, at: 1001 };
    link.handle({ kind: 'transmitted', id, outcome: 'sent', at: 1001, acknowledgement }, 1001);
    expect(drain(1001)).toEqual([{ kind: 'listen', channel: 11 }]);
    expect(events).toEqual([{ kind: 'polled', pending: true }]);
    expect(drain(1101).at(-1)).toMatchObject({ kind: 'sleep' });
  });

  it('tells when the radio is gone', async () => {
    const { link, events } = await create();
    link.handle({ kind: 'failed', reason: 'the process ended' }, 0);
    expect(events).toEqual([{ kind: 'radio-failed', reason: 'the process ended' }]);
  });
});
