import { describe, expect, it } from 'vitest';
import { DiscoveryAnswers } from '../../src/mle/discovery/discovery-answers.js';
import type { MleArrival, MleHost } from '../../src/mle/mle-host.js';

const network = {
  extendedPanId: new Uint8Array(8),
  name: Uint8Array.of(0x68),
  nativeCommissioner: false,
  steeringData: Uint8Array.of(0xff),
  joinerUdpPort: 1000,
};

/** A router's answers, and whom they went to when. */
function answering() {
  const sent: (readonly [to: number, at: number])[] = [];
  const send = (_: unknown, __: unknown, { address }: { address: Uint8Array }, now: number): void => {
    sent.push([address[0]!, now]);
  };
  return { answers: new DiscoveryAnswers({ send } as unknown as MleHost), sent };
}

function request(from: number): MleArrival {
  const discovery = [{ type: 'discoveryRequest', value: { version: 4, joiner: true, reserved: 0 } }];
  const address = Uint8Array.of(from, ...new Uint8Array(15));
  return {
    source: address,
    extended: address.subarray(0, 8),
    panId: 0xffff,
    tlvs: { discovery },
  } as unknown as MleArrival;
}

describe('answers to a discovery (Thread 1.3 §8.4.4)', () => {
  it('are spread over a quarter of a second', () => {
    const { answers, sent } = answering();
    answers.receive(request(1), 0.4, 0);
    answers.receive(request(2), 0.2, 0);
    for (const now of [50, 99, 100]) answers.tick(network, now);
    expect(sent).toEqual([
      [2, 50],
      [1, 100],
    ]);
  });

  it('are one for whoever asks again before it came, and another for whoever asks after it', () => {
    const { answers, sent } = answering();
    answers.receive(request(1), 0.8, 0);
    answers.receive(request(1), 0.4, 100);
    for (const now of [200, 300]) answers.tick(network, now);
    expect(sent).toEqual([[1, 200]]);
    answers.receive(request(1), 0, 300);
    answers.tick(network, 300);
    expect(sent).toEqual([
      [1, 200],
      [1, 300],
    ]);
  });

  it('wait for eight at a time', () => {
    const { answers, sent } = answering();
    for (let from = 1; from <= 9; from++) answers.receive(request(from), 0, 0);
    answers.tick(network, 0);
    expect(sent.map(([to]) => to)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
