import { Secret, SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { Commissioner, joinFailed, type JoinFailure, joinFailures } from '@selvage/thread';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { CommissionRoom } from '../support/commission-room.js';
import { JoinRoom, type JoinRoomOptions } from '../support/join-room.js';

/** Who was told of a failure. */
type Told = Partial<Record<'joiner' | 'commissioner', SelvageError | undefined>>;

/**
 * Every cause, and how it is provoked: who hears of it, in an error of the API. `attach-failed` is the device's own: it has the
 * network key and finds no parent (`packages/cli/test/thread/taxonomy.test.ts`).
 */
const causes: Readonly<Partial<Record<JoinFailure, () => Told>>> = {
  'no-network': () => joining({}, (room) => room.add('J01NME')),
  'not-in-steering-data': () => joining({ network: { steeringData: Uint8Array.of(0, 1) } }),
  'not-admitted': () => joining({ network: { steeringData: Uint8Array.of(0xff) } }, (room) => room.add('J01NME')),
  'no-joiner-router': () => joining({ network: { joinerUdpPort: undefined } }),
  'commissioner-not-active': () => ({
    ...joining({ network: { steeringData: undefined } }),
    commissioner: thrown(() => {
      const options = { core: nativeCore, entropy: new SeededEntropy('x'), name: 'x', isNative: true };
      new Commissioner(options).admit({ kind: 'any' }, Secret.text('J01NME'), 1000, 0);
    }),
  }),
  'commissioner-rejected': () => {
    const room = new CommissionRoom({ seed: 'rejected' });
    room.connect('phone');
    room.run(100);
    const tablet = room.connect('tablet');
    room.run(100);
    const [told] = tablet.events;
    return { commissioner: told?.kind === 'inactive' ? told.error : undefined };
  },
  'wrong-pskc': () => commissioning(Secret.of(new Uint8Array(16).fill(1))),
  'wrong-pskd': () => joining({}, admitted('WR0NG1')),
  'flight-lost': () => ({
    ...joining({
      pass: ({ from, payload }) => (from === 'commissioner' && payload.length > 300 ? undefined : payload),
    }),
  }),
  'session-limit': () => {
    const room = roomOf({});
    admitted('WR0NG1')(room);
    room.start().run();
    room.now += 10;
    room.joiners[0]!.joiner.start();
    room.run();
    return errorsOf(room);
  },
  'finalisation-rejected': () => joining({ judge: () => ({ accept: false, why: 'the model is not approved' }) }),
  'kek-lost': () => {
    const room = roomOf({});
    room.losesKek = true;
    admitted('J01NME')(room);
    room.start().run();
    room.losesKek = false;
    room.now = room.joiners[0]!.at + 100;
    room.joiners[0]!.joiner.start();
    room.run();
    return { commissioner: errorsOf(room).commissioner };
  },
  'entrust-not-received': () => {
    const room = roomOf({});
    room.losesEntrusts = true;
    admitted('J01NME')(room);
    room.start().run();
    return { joiner: errorsOf(room).joiner };
  },
  'timed-out': () => joining({ pass: ({ from, to, payload }) => (isJoinFin(from, to, payload) ? undefined : payload) }),
};

/** Who hears of each, where not both do: the other one has nothing to see. */
const heardBy: Readonly<Partial<Record<JoinFailure, readonly string[]>>> = {
  'no-network': ['joiner'],
  'not-in-steering-data': ['joiner'],
  'no-joiner-router': ['joiner'],
  'commissioner-rejected': ['commissioner'],
  'wrong-pskc': ['commissioner'],
  'kek-lost': ['commissioner'],
  'entrust-not-received': ['joiner'],
};

describe('why a join failed, cause by cause (Thread 1.3 §8.4)', () => {
  const names = Object.keys(joinFailures) as JoinFailure[];

  it('has fifteen causes, of which fourteen are provoked here', () => {
    expect(names).toHaveLength(15);
    expect(names.filter((name) => causes[name] === undefined)).toEqual(['attach-failed']);
  });

  it.each(names.filter((name) => causes[name] !== undefined))('%s: the same words for all who hear of it', (name) => {
    const told = causes[name]!();
    const both = ['joiner', 'commissioner'];
    expect(both.filter((side) => told[side as keyof Told] !== undefined)).toEqual(heardBy[name] ?? both);
    for (const error of Object.values(told)) if (error !== undefined) expectWords(error, name);
  });
});

function expectWords(error: SelvageError, name: JoinFailure): void {
  const { says, remedy } = joinFailures[name];
  expect([error.code, error.details?.['failure']]).toEqual(['join-failed', name]);
  expect(error.message === says || error.message.startsWith(`${says} (`), error.message).toBe(true);
  expect(error.remedy).toBe(remedy);
  // What goes into a log or an answer of the API says the same, and no secret.
  const logged = JSON.stringify(error);
  expect(logged).toContain(JSON.stringify(says).slice(1, -1));
  expect(logged).not.toMatch(/J01NME|WR0NG1/);
  expect(joinFailed(name).message).toBe(says);
}

function roomOf(options: Partial<JoinRoomOptions>): JoinRoom {
  return new JoinRoom({ seed: 'taxonomy', ...options });
}

function admitted(passphrase: string): (room: JoinRoom) => void {
  return (room) => room.admit(room.add(passphrase), 'J01NME');
}

/** A joiner that joins under these circumstances. */
function joining(options: Partial<JoinRoomOptions>, prepare: (room: JoinRoom) => unknown = admitted('J01NME')): Told {
  const room = roomOf(options);
  prepare(room);
  room.start().run();
  return errorsOf(room);
}

/** The last error that each side was told. */
function errorsOf(room: JoinRoom): Told {
  const joiner = room.joiners[0]!.told.findLast((output) => output.kind === 'failed');
  const commissioner = room.told.findLast((output) => output.kind === 'joiner' && output.progress.kind === 'failed');
  return {
    joiner: joiner?.kind === 'failed' ? joiner.error : undefined,
    commissioner:
      commissioner?.kind === 'joiner' && commissioner.progress.kind === 'failed'
        ? commissioner.progress.error
        : undefined,
  };
}

function commissioning(pskc: Secret): Told {
  const errors: (SelvageError | undefined)[] = [];
  const room = new CommissionRoom({ seed: 'pskc' });
  const phone = room.connect('phone', pskc);
  room.run(10_000);
  errors.push(phone.error);
  return { commissioner: errors[0] };
}

function thrown(action: () => void): SelvageError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof SelvageError) return error;
  }
  return undefined;
}

/** JOIN_FIN.req on its way through the joiner router: a record of application data. */
function isJoinFin(from: string, to: string, payload: Uint8Array): boolean {
  return from === 'joiner' && to === 'router' && payload[0] === 23;
}
