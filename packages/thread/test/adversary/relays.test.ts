import { fromHex, Secret } from '@selvage/core';
import { FailingEntropy, SeededEntropy } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgent,
  Commissioner,
  decodeRelayed,
  encodeRelayed,
  JoinerAdmission,
  joinerPassphrase,
  JoinerRouter,
  type JoinerRouterOutput,
  JoinerTable,
  type RelayedDatagram,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { ExternalAccess } from '../../src/meshcop/commissioner/external-access.js';
import { joinDataset, JoinRoom } from '../support/join-room.js';
import { spoiled } from '../support/spoiled.js';

const locator = 0x6c00;
const lamp = { interfaceId: fromHex('d45e64fa83f81cf7'), udpPort: 1000, locator } as const;
const kek = Secret.of(new Uint8Array(16).fill(0x4b));

function routerOf(): JoinerRouter {
  return new JoinerRouter({ locator: () => locator, entrusts: () => ({ dataset: joinDataset, keySequence: 0 }) });
}

function drain(router: JoinerRouter, now: number): JoinerRouterOutput[] {
  const outputs: JoinerRouterOutput[] = [];
  for (let output = router.poll(now); output !== undefined; output = router.poll(now)) outputs.push(output);
  return outputs;
}

describe('who sends a joiner router an RLY_TX that is not the commissioner’s', () => {
  it('in any form: it passes on what is whole and its own, and entrusts under a whole KEK alone', () => {
    let tried = 0;
    const good = encodeRelayed({ ...lamp, payload: fromHex('17fefd0001'), kek });
    for (const { what, payload } of spoiled(good, 'RLY_TX')) {
      const router = routerOf();
      router.handle({ kind: 'relayed', message: payload }, 0);
      const [now, later] = [drain(router, 0), drain(router, 100)];
      const relayed = decodeRelayed(payload);
      const isOurs = relayed?.locator === locator;
      expect(
        now.map(({ kind }) => kind),
        what,
      ).toEqual(isOurs && relayed.payload.length > 0 ? ['transmit'] : []);
      expect(
        later.map(({ kind }) => kind),
        what,
      ).toEqual(isOurs && relayed.kek !== undefined ? ['entrust'] : []);
      tried++;
    }
    expect(tried).toBe(138);
  });

  it('with KEKs without end: it holds 32, each for its time, and forgets them all', () => {
    const router = routerOf();
    for (let index = 0; index < 1000; index++) {
      const interfaceId = Uint8Array.of(0xd4, 0, 0, 0, 0, 0, index >> 8, index);
      router.handle(
        { kind: 'relayed', message: encodeRelayed({ ...lamp, interfaceId, payload: fromHex('17'), kek }) },
        0,
      );
    }
    drain(router, 0);
    let done = 0;
    for (let now = 0; now <= 10_000; now += 250) {
      done += drain(router, now).filter(({ kind }) => kind === 'done').length;
    }
    expect([done, router.deadline]).toEqual([32, undefined]);
  });
});

describe('who sends the commissioner an RLY_RX that no joiner router sent', () => {
  it('in any form: nothing is thrown, nobody gets a KEK, and what is begun is forgotten', () => {
    const hello = helloOf();
    let tried = 0;
    for (const { payload } of spoiled(encodeRelayed({ ...lamp, payload: hello }), 'RLY_RX')) {
      const { admission, turn } = admissionOf();
      const datagram = decodeRelayed(payload);
      if (datagram !== undefined) turn(datagram);
      expect(admission.sessionCount).toBe(0);
      tried++;
    }
    expect(tried).toBeGreaterThan(800);
  });

  it('in the name of a joiner that is joining, from elsewhere: the joiner joins, and the other one gets nothing', () => {
    const stolen: RelayedDatagram[] = [];
    const room = new JoinRoom({
      seed: 'spoofed',
      pass: ({ from, to, payload }) => {
        if (from !== 'router' || to !== 'commissioner') return payload;
        // All that the joiner says comes a second time, as if from another joiner router, and from another port.
        const relayed = decodeRelayed(payload)!;
        stolen.push({ ...relayed, locator: 0x1c00 }, { ...relayed, udpPort: 1001 });
        return [payload, encodeRelayed({ ...relayed, locator: 0x1c00 }), encodeRelayed({ ...relayed, udpPort: 1001 })];
      },
    });
    const joiner = room.add('J01NME');
    room.admit(joiner, 'J01NME');
    room.start().run(60_000);
    expect(joiner.entrusted).toBeDefined();
    expect(stolen.length).toBeGreaterThan(8);
    const keks = room.told.flatMap((output) =>
      output.kind === 'relay' && output.datagram.kek !== undefined ? [output.datagram] : [],
    );
    expect(keks.length).toBeGreaterThan(0);
    expect(keks.every(({ locator: where, udpPort }) => where === locator && udpPort === 1000)).toBe(true);
    expect(room.admission.sessionCount).toBe(0);
  });
});

describe('JOIN_FIN that comes again', () => {
  it('is judged once, however often its record, or the datagram before it, is repeated', () => {
    let judged = 0;
    const room = new JoinRoom({
      seed: 'again',
      judge: () => {
        judged++;
        return { accept: true };
      },
      pass: ({ from, payload }) => (from === 'joiner' ? [payload, payload, payload] : payload),
    });
    const joiner = room.add('J01NME');
    room.admit(joiner, 'J01NME');
    room.start().run(60_000);
    expect([judged, joiner.entrusted !== undefined]).toEqual([1, true]);
    const finalised = room.told.filter((output) => output.kind === 'joiner' && output.progress.kind === 'finalised');
    expect(finalised).toHaveLength(1);
  });
});

describe('entropy that fails stops everybody (thread.md §0)', () => {
  it('a commissioner of joiners: no ServerHello leaves, whichever draw it fails at', () => {
    for (const draws of [0, 1, 2, 3, 4, 5, 6, 1000]) {
      const { turn, sent } = admissionOf(draws);
      const begun = (): void => {
        const hello = helloOf();
        turn({ ...lamp, payload: hello });
        const [request] = sent();
        if (request !== undefined) turn({ ...lamp, payload: withCookie(hello, request) });
      };
      if (draws === 0) expect(begun).toThrowError(expect.objectContaining({ code: 'entropy-failed' }));
      else begun();
      const isAnswered = sent().some((payload) => payload[0] === 22 && payload[13] === 2);
      expect(isAnswered, `after ${draws} draws`).toBe(draws === 1000);
    }
  });

  it('an external commissioner, and a border agent: nothing is said', () => {
    const entropy = new FailingEntropy();
    const passphrase = joinDataset.get('pskc')!;
    const failed = expect.objectContaining({ code: 'entropy-failed' }) as Error;
    expect(
      () => new ExternalAccess({ core: nativeCore, entropy, borderAgent: { key: 'x' }, passphrase }, 0),
    ).toThrowError(failed);
    const datasets = () => ({ active: joinDataset, pending: undefined });
    const agent = new BorderAgent({ core: nativeCore, entropy, passphrase: () => passphrase, datasets });
    const hello = helloOf();
    expect(() => agent.handle({ kind: 'datagram', payload: hello, from: { key: 'y' } }, 0)).toThrowError(failed);
    expect(agent.poll(0)).toBeUndefined();
  });

  it('a native commissioner that is active answers no joiner', () => {
    const commissioner = new Commissioner({
      core: nativeCore,
      entropy: new FailingEntropy(),
      name: 'x',
      isNative: true,
    });
    commissioner.petition();
    commissioner.poll(0);
    commissioner.handle({ kind: 'response', id: 0, payload: fromHex('1001010b020009') }, 0);
    expect(commissioner.state).toBe('active');
    const datagram = { ...lamp, payload: helloOf() };
    const failed = expect.objectContaining({ code: 'entropy-failed' }) as Error;
    expect(() => commissioner.handle({ kind: 'relayed', datagram }, 0)).toThrowError(failed);
  });
});

function admissionOf(goodDraws = 1000) {
  const joiners = new JoinerTable(nativeCore);
  joiners.add({ kind: 'any' }, joinerPassphrase('J01NME'), 60_000);
  const entropy = new FailingEntropy(new SeededEntropy('admission'), goodDraws);
  const admission = new JoinerAdmission({ core: nativeCore, entropy, joiners, judge: () => ({ accept: true }) });
  const said: Uint8Array[] = [];
  const turn = (datagram: RelayedDatagram): void => {
    admission.handle({ kind: 'relayed', datagram }, 0);
    for (let output = admission.poll(0); output !== undefined; output = admission.poll(0)) {
      if (output.kind !== 'relay') continue;
      expect(output.datagram.kek).toBeUndefined();
      said.push(output.datagram.payload);
    }
  };
  return { admission, turn, sent: (): readonly Uint8Array[] => said };
}

/** The first datagram of a joiner. */
function helloOf(): Uint8Array {
  const borderAgent = { key: 'x' };
  const passphrase = joinerPassphrase('J01NME');
  const entropy = new SeededEntropy('hello');
  const output = new ExternalAccess({ core: nativeCore, entropy, borderAgent, passphrase }, 0).poll(0);
  return output?.kind === 'transmit' ? output.payload : expect.fail('no hello');
}

/** The same ClientHello with the cookie of a HelloVerifyRequest: message 1, and record 1. */
function withCookie(hello: Uint8Array, request: Uint8Array): Uint8Array {
  const cookie = request.slice(28);
  const grown = new Uint8Array(hello.length + cookie.length);
  grown.set(hello.subarray(0, 60));
  grown[60] = cookie.length;
  grown.set(cookie, 61);
  grown.set(hello.subarray(61), 61 + cookie.length);
  const write = (at: number, length: number, value: number): void => {
    for (let byte = 0; byte < length; byte++) grown[at + byte] = value >> (8 * (length - 1 - byte));
  };
  const body = grown.length - 25;
  write(10, 1, 1);
  write(11, 2, body + 12);
  write(14, 3, body);
  write(17, 2, 1);
  write(22, 3, body);
  return grown;
}
