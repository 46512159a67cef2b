import { bytesEqual, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { extendedOfAddress } from '../../src/ip6/address/interface-id.js';
import { ContextTable } from '../../src/lowpan/contexts.js';
import { readChildInput } from '../../src/mle/child/read-child-input.js';
import type { ChildState } from '../../src/mle/child/child-state.js';
import { deadlineOf, step } from '../../src/mle/child/step.js';
import type { MleArrival } from '../../src/mle/mle-host.js';
import { tlvsByName } from '../../src/mle/mle-tlvs.js';
import { readParentInquiry } from '../../src/mle/parent/read-inquiries.js';
import { CaptureReader } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

const facts = { sleepy: false, timeout: 240, supervision: 0 };
const sensitivity = -100;
/** As OpenThread's simulation has it. */
const rssi = -20;
const mode = {
  receiverOnWhenIdle: true,
  secureDataRequests: true,
  fullThreadDevice: true,
  fullNetworkData: true,
  reserved: 0,
};

/** An MLE message of a capture, as a node would be handed it. */
interface Message {
  readonly arrival: MleArrival;
  readonly to: string;
}

function messagesOf(reader: CaptureReader): Message[] {
  return reader.packets.flatMap(({ mle }) => {
    if (mle?.opened.kind !== 'message' || typeof mle.opened.message.command !== 'string') return [];
    const { message, protection } = mle.opened;
    const isSecured = protection.kind === 'secured';
    const arrival: MleArrival = {
      command: message.command as MleArrival['command'],
      tlvs: tlvsByName(message.tlvs),
      extended: extendedOfAddress(mle.source),
      source: mle.source,
      multicast: mle.destination[0] === 0xff,
      keySequence: isSecured ? protection.keySequence : undefined,
      frameCounter: isSecured ? protection.frameCounter : 0,
      rssi,
      channel: 15,
      panId: 0xffff,
    };
    return [{ arrival, to: toHex(extendedOfAddress(mle.destination)) }];
  });
}

/** What our states make of the attachments of a capture. */
class Replay {
  /** `child parent → RLOC16`, as ours came to it. */
  readonly attached: string[] = [];
  /** Where ours chose another parent than OpenThread did. */
  readonly others: string[] = [];
  requests = 0;
  readonly #states = new Map<string, ChildState>();
  #now = 0;

  play({ arrival, to }: Message): void {
    const from = toHex(arrival.extended);
    const contexts = new ContextTable();
    if (arrival.keySequence !== undefined && readParentInquiry(arrival.command, arrival.tlvs, contexts))
      this.requests++;
    switch (arrival.command) {
      case 'parentRequest': {
        const challenge = arrival.tlvs.challenge as Uint8Array;
        const asked = step({ kind: 'disabled' }, { kind: 'attach', stored: undefined }, this.#moment(challenge));
        this.#states.set(from, asked.state);
        return;
      }
      case 'childIdRequest':
        return this.#chose(from, to, arrival.tlvs.response as Uint8Array);
      default:
        return this.#give(to, arrival);
    }
  }

  /** The node asked one of those that answered: ours chooses at its own time. */
  #chose(node: string, parent: string, echoed: Uint8Array): void {
    let state = this.#states.get(node);
    if (state?.kind !== 'parent-request' || state.best === undefined) return;
    this.#now = Math.max(this.#now, deadlineOf(state, facts));
    state = step(state, { kind: 'timer' }, this.#moment(new Uint8Array(8))).state;
    this.#states.set(node, state);
    const ours = state.kind === 'child-id-request' ? state.candidate : undefined;
    const isSame = ours !== undefined && toHex(ours.extended) === parent && bytesEqual(ours.challenge, echoed);
    if (!isSame) this.others.push(`${node} ${parent}`);
  }

  #give(node: string, arrival: MleArrival): void {
    const state = this.#states.get(node);
    if (state === undefined || arrival.keySequence === undefined) return;
    const reading = { now: this.#now, sensitivity, mode, lacks: () => false };
    const input = readChildInput(arrival, reading);
    if (input === undefined) return;
    const next = step(state, input, this.#moment(new Uint8Array(8))).state;
    this.#states.set(node, next);
    if (next.kind !== 'child' || state.kind === 'child') return;
    expect(next.rloc16).toBe(arrival.tlvs.address16);
    this.attached.push(`${node} ${toHex(arrival.extended)} ${next.rloc16.toString(16)}`);
  }

  #moment(challenge: Uint8Array) {
    return { now: this.#now, facts, fresh: { challenge, fraction: 0 } };
  }
}

describe('attachments that OpenThread nodes made, replayed on our states (captures 01 to 07)', () => {
  it('choose the same parents, echo the same challenges, and come to the same addresses', () => {
    const replays = captures().map((capture) => {
      const replay = new Replay();
      for (const message of messagesOf(new CaptureReader(capture))) replay.play(message);
      return replay;
    });
    expect(replays.flatMap(({ others }) => others)).toEqual([]);
    expect(replays.map(({ attached }) => attached.length)).toEqual([1, 2, 1, 2, 1, 6, 4]);
    expect(replays.map(({ requests }) => requests)).toEqual([8, 10, 9, 10, 12, 79, 18]);
  });
});
