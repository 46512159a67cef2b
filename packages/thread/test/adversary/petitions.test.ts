import { encode, fromHex, type Instant, Secret, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  Commissioner,
  type CommissionerEvent,
  type CommissionerOutput,
  CommissionerRegister,
  encodeRelayed,
  joinerPassphrase,
  meshcopTlvs,
  type MeshcopTlv,
  type RelayedDatagram,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { JoinerSession } from '../../src/meshcop/joiner/joiner-session.js';
import { linkLocalAddress } from '../../src/ip6/address/thread-address.js';
import { Ip6Endpoint } from '../../src/ip6/stack/endpoint.js';
import { decodeRelayed } from '../../src/meshcop/relay/relay-messages.js';
import { CommissionRoom } from '../support/commission-room.js';

const accepted: readonly MeshcopTlv[] = [
  { type: 'state', value: 'accept' },
  { type: 'commissionerSessionId', value: 9 },
];
const joiner = { interfaceId: fromHex('d45e64fa83f81cf7'), udpPort: 1000, locator: 0x6c00 } as const;

/** A native commissioner, a joiner that joins when a sign of life is due, and a leader that answers to it as it is told. */
class MidJoin {
  readonly events: CommissionerEvent[] = [];
  readonly relayed: RelayedDatagram[] = [];
  readonly ends: string[] = [];
  now: Instant = 0;
  readonly #commissioner: Commissioner;
  readonly #session: JoinerSession<Ip6Endpoint>;
  #keepAlive: number | undefined;
  readonly #lostAfter: number;

  /** @param lostAfter so many RLY_TX later the leader says that it does not know the session */
  constructor(lostAfter: number) {
    this.#lostAfter = lostAfter;
    const entropy = new SeededEntropy(`mid-join ${lostAfter}`);
    const core = nativeCore;
    this.#commissioner = new Commissioner({ core, entropy, name: 'native', isNative: true });
    this.#commissioner.petition();
    this.#drain();
    this.#commissioner.admit({ kind: 'any' }, joinerPassphrase('J01NME'), 600_000, 0);
    this.now = 30_000;
    this.#drain();
    const facts = { vendorName: 'Acme', vendorModel: 'lamp', vendorSoftwareVersion: '1.0' };
    const joinerRouter = new Ip6Endpoint(linkLocalAddress(fromHex('a2a2a2a2a2a2a2a2')), 1000);
    this.#session = new JoinerSession(
      { core, entropy, joinerRouter, passphrase: Secret.text('J01NME'), facts },
      this.now,
    );
  }

  run(): this {
    if (this.#lostAfter === 0) this.#lose();
    const end = this.now + 120_000;
    while (this.now < end) {
      this.#turn();
      this.now += 250;
    }
    return this;
  }

  get isActive(): boolean {
    return this.#commissioner.state === 'active';
  }

  #turn(): void {
    const session = this.#session;
    for (let output = session.poll(this.now); output !== undefined; output = session.poll(this.now)) {
      if (output.kind === 'failed') this.ends.push(String(output.error.details?.['failure']));
      if (output.kind === 'accepted') this.ends.push('accepted');
      if (output.kind !== 'transmit') continue;
      const datagram = decodeRelayed(encodeRelayed({ ...joiner, payload: output.payload }))!;
      this.#commissioner.handle({ kind: 'relayed', datagram }, this.now);
      this.#drain();
    }
    this.#drain();
  }

  #drain(): void {
    const commissioner = this.#commissioner;
    for (let output = commissioner.poll(this.now); output !== undefined; output = commissioner.poll(this.now)) {
      this.#obey(output);
    }
  }

  #obey(output: CommissionerOutput): void {
    if (output.kind === 'event') this.events.push(output.event);
    else if (output.kind === 'relay') this.#relay(output.datagram);
    else if (output.path === 'c/la') this.#keepAlive = output.id;
    else this.#answer(output.id, accepted);
  }

  #relay(datagram: RelayedDatagram): void {
    this.relayed.push({ ...datagram, kek: datagram.kek && Secret.of(datagram.kek.reveal()) });
    const from = new Ip6Endpoint(linkLocalAddress(fromHex('a2a2a2a2a2a2a2a2')), 1000);
    this.#session.handle({ kind: 'datagram', payload: datagram.payload, from }, this.now);
    if (this.relayed.length === this.#lostAfter) this.#lose();
  }

  #lose(): void {
    this.#answer(this.#keepAlive ?? -1, [{ type: 'state', value: 'reject' }]);
  }

  #answer(id: number, tlvs: readonly MeshcopTlv[]): void {
    this.#commissioner.handle({ kind: 'response', id, payload: encode(meshcopTlvs, tlvs) }, this.now);
  }
}

describe('a commissioner that loses its petition while a joiner joins (Thread 1.3 §8.4.3)', () => {
  it.each([
    { lostAfter: 0, told: [], heard: 'flight-lost' },
    { lostAfter: 1, told: [], heard: 'flight-lost' },
    { lostAfter: 2, told: ['commissioner-not-active'], heard: 'flight-lost' },
    { lostAfter: 3, told: ['commissioner-not-active'], heard: 'timed-out' },
  ])('after $lostAfter answers says no word more to it, gives it no KEK, and both ends hear why', (row) => {
    const { lostAfter, told, heard } = row;
    const room = new MidJoin(lostAfter).run();
    expect(room.relayed).toHaveLength(lostAfter);
    expect(room.relayed.every(({ kek }) => kek === undefined)).toBe(true);
    expect(room.isActive).toBe(false);
    const failures = room.events.flatMap((event) =>
      event.kind === 'joiner' && event.progress.kind === 'failed' ? [event.progress.error.details?.['failure']] : [],
    );
    expect(failures).toEqual(told);
    expect(room.ends).toEqual([heard]);
    const [over] = room.events.filter((event) => event.kind === 'inactive');
    expect(over?.error?.message).toContain('the leader, which no longer knows the session');
  });

  it('after its answer to JOIN_FIN has given the KEK once, and gives it no second time', () => {
    const room = new MidJoin(4).run();
    expect(room.relayed.filter(({ kek }) => kek !== undefined)).toHaveLength(1);
    expect(room.relayed).toHaveLength(4);
    expect(room.ends).toEqual(['accepted']);
  });
});

describe('two commissioners that race', () => {
  it('at one border agent: one of them is active, the other hears its name, and nothing of the first changes', () => {
    const room = new CommissionRoom({ seed: 'race' });
    const [left, right] = [room.connect('left'), room.connect('right')];
    room.run(1000);
    const states = [left, right].map(({ commissioner }) => commissioner.state);
    expect(states.toSorted()).toEqual(['active', 'inactive']);
    const [winner, loser] = states[0] === 'active' ? [left, right] : [right, left];
    const [told] = loser.events;
    expect(told?.kind === 'inactive' && told.error?.message).toContain('the petition was rejected');
    expect(told?.kind === 'inactive' && told.error?.details?.['failure']).toBe('commissioner-rejected');
    const registered = room.register.commissioning;
    expect(registered.kind === 'active' && new TextDecoder().decode(registered.name)).toBe(
      winner === left ? 'left' : 'right',
    );
    room.run(120_000);
    expect([winner, loser].map(({ commissioner }) => commissioner.state)).toEqual(['active', 'inactive']);
  });

  it('at the leader: whoever came first, and nobody takes its session over by its number alone', () => {
    const published: string[] = [];
    const register = new CommissionerRegister(7, (tlvs) => void published.push(toHex(tlvs)));
    const petition = (name: string, locator: number) =>
      register.petition([{ type: 'commissionerId', value: new TextEncoder().encode(name) }], locator, 0);
    const [first, second] = [petition('first', 0x400), petition('second', 0x800)];
    expect(meshcopTlvs.first(first, 'state')).toBe('accept');
    const sessionId = meshcopTlvs.first(first, 'commissionerSessionId')!;
    expect([meshcopTlvs.first(second, 'state'), meshcopTlvs.first(second, 'commissionerSessionId')]).toEqual([
      'reject',
      undefined,
    ]);
    expect(new TextDecoder().decode(meshcopTlvs.first(second, 'commissionerId'))).toBe('first');
    // The name is no secret: who borrows it elsewhere is another one.
    expect(meshcopTlvs.first(petition('first', 0x800), 'state')).toBe('reject');
    const steering: MeshcopTlv = { type: 'steeringData', value: Uint8Array.of(0xff) };
    for (const wrong of [sessionId - 1, sessionId + 1]) {
      const session: MeshcopTlv = { type: 'commissionerSessionId', value: wrong };
      expect(meshcopTlvs.first(register.set([session, steering], 0), 'state')).toBe('reject');
      expect(
        meshcopTlvs.first(register.keepAlive([{ type: 'state', value: 'accept' }, session], 0x400, 0), 'state'),
      ).toBe('reject');
      expect(register.admits([session])).toBe(false);
    }
    expect(published).toHaveLength(1);
    // When it resigns the second one has another number, and the first one's is worth nothing.
    register.keepAlive(
      [
        { type: 'state', value: 'reject' },
        { type: 'commissionerSessionId', value: sessionId },
      ],
      0x400,
      0,
    );
    const later = petition('second', 0x800);
    expect(meshcopTlvs.first(later, 'commissionerSessionId')).not.toBe(sessionId);
    expect(register.admits([{ type: 'commissionerSessionId', value: sessionId }])).toBe(false);
  });
});

describe('a border agent that is flooded', () => {
  it('with ClientHellos keeps nothing, answers with less than it got, and lets the commissioner in', () => {
    const hello = firstHello();
    const room = new CommissionRoom({ seed: 'flood' });
    let [answers, bytes] = [0, 0];
    for (let index = 0; index < 20_000; index++) {
      const from = { key: `[2001:db8::${(index >> 8).toString(16)}:${(index & 0xff).toString(16)}]:${index}` };
      // A random of its own in each.
      const payload = hello.slice();
      payload.set([index >> 8, index], 27);
      room.agent.handle({ kind: 'datagram', payload, from }, room.now);
      for (let output = room.agent.poll(room.now); output !== undefined; output = room.agent.poll(room.now)) {
        if (output.kind !== 'transmit') continue;
        answers++;
        bytes = Math.max(bytes, output.payload.length);
      }
    }
    expect([room.agent.sessionCount, 'handshakeCount' in room.agent && room.agent.handshakeCount]).toEqual([0, 0]);
    expect(room.agent.deadline).toBeUndefined();
    expect([answers, bytes]).toEqual([20_000, 60]);
    const phone = room.connect('phone');
    room.run(200);
    expect(phone.commissioner.state).toBe('active');
  });

  it('by 200 that bring their cookies and then say nothing keeps sixteen handshakes, and lets the commissioner in', () => {
    let stalls = true;
    const room = new CommissionRoom({
      seed: 'cookies',
      pass: (payload, to) => (to === 'agent' && stalls && payload[0] === 22 && payload[13] !== 1 ? [] : [payload]),
    });
    let most = 0;
    for (let index = 0; index < 200; index++) {
      const staller = room.connect(`staller ${index}`);
      Object.assign(staller.address, { key: `[2001:db8::${index.toString(16)}]:49000` });
      room.run(5);
      most = Math.max(most, 'handshakeCount' in room.agent ? room.agent.handshakeCount : 0);
    }
    expect(most).toBe(16);
    stalls = false;
    const phone = room.connect('phone');
    room.run(200);
    expect(phone.commissioner.state).toBe('active');
    // Nobody of them had a guess, so nobody has to wait for it.
    const verdicts = room.agentSays.filter((each) => each.kind === 'session' && each.state === 'wrong-passphrase');
    expect(verdicts).toEqual([]);
  });
});

/** A ClientHello as ours sends it. */
function firstHello(): Uint8Array {
  const sent: Uint8Array[] = [];
  const room = new CommissionRoom({
    seed: 'hello',
    pass: (payload) => {
      sent.push(payload);
      return [];
    },
  });
  room.connect('phone');
  room.run(0);
  return sent[0] ?? expect.fail('nothing was sent');
}
