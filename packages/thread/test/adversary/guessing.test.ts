import { Secret, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../support/captured-handshakes.js';
import { type CommissionerInRoom, CommissionRoom } from '../support/commission-room.js';
import { JoinRoom } from '../support/join-room.js';

/** What a joiner and its joiner router said to each other, when one believed this and the commissioner that. */
function overheard(seed: string, joiner: string, commissioner: string): Uint8Array[] {
  const said: Uint8Array[] = [];
  const room = new JoinRoom({
    seed,
    pass: ({ from, to, payload }) => {
      if (from === 'joiner' || to === 'joiner') said.push(payload.slice());
      return payload;
    },
  });
  const lamp = room.add(joiner);
  room.admit(lamp, commissioner);
  room.start().run();
  return said;
}

/** The public keys of round one in a hello, hex. */
function pointsIn(datagram: Uint8Array): string[] {
  const hex = toHex(datagram);
  const at = hex.indexOf('0100014a41');
  if (at < 0) return [];
  const point = (from: number): string => hex.slice(from, from + 130);
  // ECJPAKEKeyKP is a point of 65 bytes, V of 65 and r of 32, each with its length before it: 165 bytes.
  return [point(at + 10), point(at + 10 + 330)];
}

describe('who guesses offline (Thread 1.3 §8.4.2, RFC 8236)', () => {
  it('has nothing to compare a guess with: with the same entropy both hellos are the same bytes under other passphrases', () => {
    const [one, two] = [overheard('offline', 'J01NME', 'J01NME'), overheard('offline', 'WR0NG1', 'WR0NG1')];
    // ClientHello, HelloVerifyRequest, ClientHello with its cookie.
    expect(one.slice(0, 3).map(toHex)).toEqual(two.slice(0, 3).map(toHex));
    const [flight, other] = [one[3], two[3]].map((datagram) => recordsOf(datagram!).map(toHex)) as [string[], string[]];
    // ServerHello and ServerHelloDone; the passphrase is in ServerKeyExchange first, under a fresh key.
    expect([flight.length, flight[0] === other[0], flight[1] === other[1], flight[2] === other[2]]).toEqual([
      3,
      true,
      false,
      true,
    ]);
    expect(pointsIn(one[0]!)).toEqual(pointsIn(two[0]!));
    expect(pointsIn(one[3]!)).toHaveLength(2);
  });

  it('sees the same shape of every message up to Finished, which is where a wrong guess shows', () => {
    const [right, wrong] = [overheard('shape', 'J01NME', 'J01NME'), overheard('shape', 'WR0NG1', 'J01NME')];
    const shape = (datagrams: readonly Uint8Array[]): string[] =>
      datagrams.map((datagram) =>
        recordsOf(datagram)
          .map((record) => `${record[0]}:${record.length}`)
          .join(' '),
      );
    expect(shape(wrong).slice(0, 5)).toEqual(shape(right).slice(0, 5));
    // Then either ChangeCipherSpec with Finished, or the alert bad_record_mac in the clear.
    expect(shape(right)[5]).toBe('20:14 22:53');
    const after = shape(wrong).slice(5);
    expect(after.at(-1)).toBe('21:15');
    expect(toHex(wrong.at(-1)!)).toMatch(/0214$/);
    expect(after.slice(0, -1).every((repeated) => shape(wrong).slice(0, 5).includes(repeated))).toBe(true);
  });

  it('never sees a scalar twice: every public key of round one is new, in each session of each side', () => {
    const seen: string[] = [];
    const room = new JoinRoom({
      seed: 'scalars',
      pass: ({ from, to, payload }) => {
        // A ClientHello comes twice, with and without its cookie: one of them is counted.
        const isFirst = from === 'joiner' && payload[13] === 1 && payload[18] === 0;
        if (isFirst || (from === 'router' && to === 'joiner')) seen.push(...pointsIn(payload));
        return payload;
      },
    });
    for (let index = 0; index < 10; index++) room.admit(room.add('J01NME'), 'J01NME');
    for (let round = 0; round < 3; round++) {
      room.start().run(30_000);
      room.now += 30_000;
      for (const member of room.joiners) room.admit(member, 'J01NME');
    }
    expect(room.joiners.every(({ entrusted }) => entrusted !== undefined)).toBe(true);
    expect(seen.length).toBe(10 * 3 * 4);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('who guesses online', () => {
  const guess = Secret.of(new Uint8Array(16).fill(7));
  const wrongs = ({ agentSays }: CommissionRoom): number =>
    agentSays.filter((each) => each.kind === 'session' && each.state === 'wrong-passphrase').length;

  /** One after the other tries a wrong PSKc, each from another host. */
  function flood(room: CommissionRoom, guessers: number): CommissionerInRoom[] {
    const all = Array.from({ length: guessers }, (_, index) => {
      const guesser = room.connectFrom(`[fd00::${(index + 1).toString(16)}]:50000`, `guesser ${index}`, guess);
      room.run(100);
      return guesser;
    });
    room.run(5000);
    return all;
  }

  it('at a border agent from as many addresses as it likes has twenty guesses a minute; then a stranger who knows the PSKc is let in', () => {
    const room = new CommissionRoom({ seed: 'many addresses' });
    const ends = flood(room, 40).map(({ closed }) => closed);
    expect(wrongs(room)).toBe(20);
    expect(ends.filter((end) => end === 'session-limit')).toHaveLength(20);
    const phone = room.connect('phone');
    room.run(2000);
    expect(phone.closed).toBe('session-limit');
    room.run(61_000);
    const again = room.connect('again');
    room.run(200);
    expect(again.commissioner.state).toBe('active');
  });

  it('keeps out nobody whose address has proved the PSKc before', () => {
    const room = new CommissionRoom({ seed: 'known address' });
    const phone = room.connectFrom('[fd00::abcd]:50000', 'phone');
    room.run(200);
    expect(phone.commissioner.state).toBe('active');
    phone.commissioner.resign();
    room.run(200);
    flood(room, 40);
    const again = room.connectFrom('[fd00::abcd]:50001', 'phone');
    const stranger = room.connectFrom('[fd00::abce]:50001', 'tablet');
    room.run(5000);
    expect([again.commissioner.state, stranger.closed, wrongs(room)]).toEqual(['active', 'session-limit', 20]);
  });

  it('has thirty a minute with every known address that there is, one guess of each', () => {
    const room = new CommissionRoom({ seed: 'taken over' });
    const hosts = Array.from({ length: 14 }, (_, index) => `[fd01::${(index + 1).toString(16)}]`);
    for (const host of hosts) {
      const { access } = room.connectFrom(`${host}:50000`, 'phone');
      room.run(200);
      access.close(room.now);
      room.run(200);
    }
    flood(room, 40);
    const first = room.connectFrom(`${hosts[0]!}:50001`, 'guesser', guess);
    room.run(5000);
    const second = room.connectFrom(`${hosts[0]!}:50002`, 'guesser', guess);
    room.run(5000);
    expect([first.closed, second.closed, wrongs(room)]).toEqual(['wrong-pskc', 'session-limit', 21]);
    for (const host of hosts) room.connectFrom(`${host}:50003`, 'guesser', guess);
    room.run(5000);
    expect(wrongs(room)).toBe(30);
  });
});
