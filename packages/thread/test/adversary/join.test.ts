import { toHex } from '@selvage/core';
import { FailingEntropy, SeededRandom } from '@selvage/core/virtual';
import { decodeRelayed, encodeRelayed } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { type JoinRoomOptions, joinDataset, JoinRoom, type Passing } from '../support/join-room.js';

/** One joiner that is admitted, and what passes. */
function join(seed: string, pass?: JoinRoomOptions['pass']): JoinRoom {
  const room = new JoinRoom({ seed, ...(pass && { pass }) });
  const lamp = room.add('J01NME');
  room.admit(lamp, 'J01NME');
  return room.start().run(60_000);
}

/** Joined with the right key, or failed in words; and the KEK went to the joiner alone. */
function expectSound(room: JoinRoom): boolean {
  const [lamp] = room.joiners;
  const { entrusted, failure } = lamp!;
  expect(entrusted !== undefined || failure !== undefined).toBe(true);
  if (entrusted !== undefined) {
    expect(toHex(entrusted.dataset.get('networkKey')!.reveal())).toBe(toHex(joinDataset.get('networkKey')!.reveal()));
  }
  expect(room.entrusts.every(({ to }) => to === 0 || to === -1)).toBe(true);
  return entrusted !== undefined;
}

/** All that passes in a join that nobody disturbs. */
function undisturbed(): Passing[] {
  const passed: Passing[] = [];
  const room = join('flips', (passing) => {
    passed.push(passing);
    return passing.payload;
  });
  expect(room.joiners[0]!.entrusted).toBeDefined();
  return passed;
}

describe('who changes what passes between a joiner and the commissioner', () => {
  it('by a bit of a byte: the joiner still joins, or hears why not; nobody else gets a key', () => {
    const messages = undisturbed();
    const random = new SeededRandom('which bits');
    let [flips, joined] = [0, 0];
    for (const [index, { payload }] of messages.entries()) {
      // The heads of relays and records byte by byte, what DTLS protects at some places: its own tests flip it all.
      for (let at = 0; at < payload.length; at += at < 48 ? 3 : 61) {
        let seen = -1;
        const bit = 1 << random.below(8);
        const room = join('flips', ({ payload: bytes }) => {
          if (++seen !== index) return bytes;
          const flipped = bytes.slice();
          flipped[at] = (flipped[at] as number) ^ bit;
          return flipped;
        });
        flips++;
        if (expectSound(room)) joined++;
      }
    }
    expect(messages.length).toBe(20);
    expect(flips).toBeGreaterThan(300);
    expect(joined / flips).toBeGreaterThan(0.6);
  });

  it('by losing one message: it is said again', () => {
    const { length } = undisturbed();
    for (let lost = 0; lost < length; lost++) {
      let seen = -1;
      const room = join('flips', ({ payload }) => (++seen === lost ? undefined : payload));
      // Only the last goodbye may be lost with nobody to miss it, and the KEK with it: that join is tried again.
      expectSound(room);
      expect(room.joiners[0]!.entrusted, `without message ${lost}`).toBeDefined();
    }
    expect(length).toBe(20);
  });

  it('by saying everything twice, and the one before once more: one session, one join', () => {
    let before: Uint8Array | undefined;
    const room = join('flips', ({ payload }) => {
      const again = before === undefined ? [payload, payload] : [payload, payload, before];
      before = payload;
      return again;
    });
    // What was for one may reach another so: it is dropped.
    expect(expectSound(room)).toBe(true);
    expect(room.joiners[0]!.told.filter(({ kind }) => kind === 'joined').length).toBe(1);
    expect(room.admission.sessionCount).toBe(0);
  });

  it('by cutting a message short anywhere', () => {
    const messages = undisturbed();
    let cuts = 0;
    for (const [index, { payload }] of messages.entries()) {
      for (let length = 0; length < payload.length; length += 29) {
        let seen = -1;
        const room = join('flips', ({ payload: bytes }) => (++seen === index ? bytes.subarray(0, length) : bytes));
        expectSound(room);
        cuts++;
      }
    }
    expect(cuts).toBeGreaterThan(150);
  });

  it('by saying an earlier join again, word for word: there is no second session', () => {
    const recorded = undisturbed();
    const room = join('another join');
    const before = room.told.length;
    for (const { from, to, payload } of recorded) {
      if (from !== 'router' || to !== 'commissioner') continue;
      room.admission.handle({ kind: 'relayed', datagram: decodeRelayed(payload)! }, room.now);
      room.run(0);
    }
    const after = room.told.slice(before);
    expect(after.filter(({ kind }) => kind === 'joiner')).toEqual([]);
    expect(after.every((output) => output.kind !== 'relay' || output.datagram.kek === undefined)).toBe(true);
    expect(room.admission.sessionCount).toBe(0);
  });
});

describe('a joiner router that lies', () => {
  it('about its locator gets no answer of a session that is not its own', () => {
    const room = join('flips', ({ from, to, payload }) => {
      if (from !== 'router' || to !== 'commissioner' || payload.length < 200) return payload;
      return encodeRelayed({ ...decodeRelayed(payload)!, locator: 0x1c00 });
    });
    expect(room.joiners[0]!.failure).toBe('flight-lost');
    expect(room.entrusts).toEqual([]);
  });

  it('and passes the KEK of one joiner to another entrusts nobody', () => {
    let otherId = new Uint8Array();
    const room = new JoinRoom({
      seed: 'two',
      pass: ({ from, payload }) => {
        const relayed = from === 'commissioner' ? decodeRelayed(payload) : undefined;
        return relayed?.kek === undefined ? payload : encodeRelayed({ ...relayed, interfaceId: otherId });
      },
    });
    const [lamp, other] = [room.add('J01NME'), room.add('J01NME')];
    room.admit(lamp, 'J01NME');
    room.admit(other, 'J01NME');
    otherId = room.interfaceId(other).slice();
    lamp.joiner.start();
    room.run(60_000);
    expect(room.entrusts.length).toBeGreaterThan(0);
    expect([lamp.entrusted, other.entrusted]).toEqual([undefined, undefined]);
  });
});

describe('a guesser', () => {
  it('learns nothing from the hellos: they are the same under different passphrases', () => {
    const hellos = ['J01NME', 'WR0NG1'].map((passphrase) => {
      const sent: string[] = [];
      const room = new JoinRoom({
        seed: 'same',
        pass: ({ from, to, payload }) => {
          if (from === 'joiner') sent.push(toHex(payload));
          if (from === 'router' && to === 'joiner') sent.push(toHex(payload));
          return payload;
        },
      });
      const lamp = room.add(passphrase);
      room.admit(lamp, passphrase);
      room.start().run();
      expect(lamp.entrusted).toBeDefined();
      return sent;
    });
    const [ours, theirs] = hellos as [string[], string[]];
    // ClientHello, HelloVerifyRequest, ClientHello with its cookie: all that is said before round two.
    expect(ours.slice(0, 3)).toEqual(theirs.slice(0, 3));
    expect(ours[4]).not.toBe(theirs[4]);
  });

  it('gets one guess of each session, waits longer each time, and loses its entry in the end', () => {
    const room = new JoinRoom({ seed: 'guesser' });
    const lamp = room.add('WR0NG1');
    room.admit(lamp, 'J01NME', 86_400_000);
    const wrongAt: number[] = [];
    for (let tries = 0; tries < 400 && room.table.size > 0; tries++) {
      if (!lamp.joiner.isUnderWay) lamp.joiner.start();
      room.run(5000);
      const guesses = room.commissionerFailures.filter((failure) => failure === 'wrong-pskd').length;
      while (wrongAt.length < guesses) wrongAt.push(room.now);
      room.now += 3000;
    }
    expect(wrongAt.length).toBe(10);
    expect(room.table.size).toBe(0);
    expect(wrongAt[9]! - wrongAt[0]!).toBeGreaterThan(600_000);
  });

  it('has no more sessions at a time than there are places, and takes none from who proves a passphrase', () => {
    const room = new JoinRoom({
      seed: 'flood',
      mostSessions: 8,
      pass: ({ joiner, from, payload }) =>
        joiner > 0 && from === 'joiner' && payload.length < 350 && payload[0] !== 22 ? undefined : payload,
    });
    const lamp = room.add('J01NME');
    const flooders = Array.from({ length: 40 }, () => room.add('WR0NG1'));
    for (const member of [lamp, ...flooders]) room.admit(member, 'J01NME');
    for (const { joiner } of flooders) joiner.start();
    room.run(0);
    expect(room.admission.sessionCount).toBeLessThanOrEqual(8);
    lamp.joiner.start();
    room.run(60_000);
    expect(lamp.entrusted).toBeDefined();
  });
});

describe('entropy that fails', () => {
  it('stops a joiner before it says anything', () => {
    const entropy = new FailingEntropy();
    const room = new JoinRoom({ seed: 'none', entropy });
    const lamp = room.add('J01NME');
    room.admit(lamp, 'J01NME');
    expect(() => room.start().run()).toThrowError(expect.objectContaining({ code: 'entropy-failed' }));
    expect(lamp.told.filter(({ kind }) => kind === 'transmit')).toEqual([]);
  });
});

describe('who guesses a joiner passphrase', () => {
  it('gets no guess for nothing by beginning anew before the last one was refused', () => {
    const room = new JoinRoom({ seed: 'guesses for nothing' });
    const guesser = room.add('WR0NG1');
    room.admit(guesser, 'J01NME');
    for (let tries = 0; tries < 20; tries++) {
      guesser.joiner.stop(room.now);
      guesser.joiner.start();
      room.run(20);
      room.now += 20;
    }
    const steps = room.told.filter(
      (output) => output.kind === 'joiner' && output.progress.kind === 'step' && output.progress.step === 'handshake',
    );
    // Two at a time from one address: the third ends the first, which was a guess, and the guesser has to wait.
    expect(steps.length).toBe(3);
    expect(room.commissionerFailures).toEqual(expect.arrayContaining(['wrong-pskd', 'session-limit']));
  });
});
