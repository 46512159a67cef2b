/** A co-processor that lies, stammers, floods or falls silent: the driver says so, or goes on, and never throws. */
import { concat, encode, fromHex, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { HdlcDecoder, hdlcFrame, type RadioEvent, SpinelDriver } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { properties, rawReceived } from '../../../src/radio/spinel/properties.js';
import { frame } from '../contract.js';
import { identity } from './session.js';

const boot = hdlcFrame(fromHex('80060070'));
const seed = process.env['SELVAGE_SEED'] ?? `spinel-${Date.now()}`;
const rounds = 300;

/** A driver with an honest co-processor, or whatever `answer` makes of it. */
class Bench {
  readonly driver: SpinelDriver;
  readonly events: RadioEvent[] = [];
  readonly requests: Uint8Array[] = [];
  ready = 0;
  now = 0;
  readonly #decoder = new HdlcDecoder();
  answer: (request: Uint8Array) => Uint8Array | undefined = honest;

  constructor() {
    this.driver = new SpinelDriver(0);
  }

  give(bytes: Uint8Array): void {
    this.driver.handle({ kind: 'bytes', bytes }, this.now);
    this.pump();
  }

  pump(): void {
    for (let output = this.driver.poll(this.now); output !== undefined; output = this.driver.poll(this.now)) {
      if (output.kind === 'event') this.events.push(output.event);
      if (output.kind === 'ready') this.ready++;
      if (output.kind !== 'bytes') continue;
      for (const request of this.#decoder.take(output.bytes)) {
        this.requests.push(request);
        const answer = this.answer(request);
        if (answer !== undefined) this.driver.handle({ kind: 'bytes', bytes: hdlcFrame(answer) }, this.now);
      }
    }
  }

  /** Lets time pass until it is said that the radio is gone, or nothing is waited for any more. */
  wait(): void {
    for (let turn = 0; turn < 20 && this.driver.deadline !== undefined; turn++) {
      this.now = this.driver.deadline;
      this.pump();
    }
  }

  get failure(): string | undefined {
    const event = this.events.at(-1);
    return event?.kind === 'failed' ? event.reason : undefined;
  }
}

/** Sets echo; what is asked for is there; a transmission ends well at once. */
function honest(request: Uint8Array): Uint8Array | undefined {
  const [header, command, property] = request;
  if (command === 3 && property === 0x71) return concat(Uint8Array.of(header!, 6, 0, 0, 0, 1), noFrame);
  if (command === 3) return concat(Uint8Array.of(header!, 6), request.subarray(2));
  const values: Record<number, string> = { 1: '0403', 2: '4f5400', 8: '18b4300000000005', 0x27: '9c' };
  return concat(Uint8Array.of(header!, 6, property!), fromHex(values[property!] ?? ''));
}

const noFrame = fromHex('00000080' + '00000a0000000000000000000000010000');

function arrived(psdu: Uint8Array, channel = 15): Uint8Array {
  const value = encode(rawReceived, {
    psdu,
    rssi: -40,
    noiseFloor: -128,
    flags: 0,
    phy: { channel, quality: 0, timestamp: 0n, rest: new Uint8Array() },
    vendor: { error: 0, rest: new Uint8Array() },
    rest: new Uint8Array(),
  });
  return concat(Uint8Array.of(0x80, 6, properties.streamRaw[0]), value);
}

function running(): Bench {
  const bench = new Bench();
  bench.give(boot);
  bench.driver.configure(identity, 0);
  bench.driver.listen(15, 0);
  bench.pump();
  expect([bench.ready, bench.events]).toEqual([1, []]);
  return bench;
}

function received({ events }: Bench): string[] {
  return events.flatMap((event) => (event.kind === 'received' ? [toHex(event.frame.psdu)] : []));
}

describe('a co-processor that does not do what it should', () => {
  it('is told to reset where it says nothing, three times, and then given up', () => {
    const bench = new Bench();
    bench.answer = () => undefined;
    bench.wait();
    expect(bench.requests.map(toHex)).toEqual(['8001', '8001', '8001']);
    expect(bench.failure).toBe('the co-processor does not answer');
    expect(bench.driver.deadline).toBeUndefined();
  });

  it('is given up where it falls silent, names another version, or refuses, with what it was about', () => {
    const cases: [(request: Uint8Array) => Uint8Array | undefined, RegExp][] = [
      [() => undefined, /does not say about protocolVersion/],
      [
        (request) => (request[2] === 1 ? concat(request.subarray(0, 1), fromHex('06010500')) : honest(request)),
        /version 5/,
      ],
      [
        (request) => (request[2] === 0x27 ? concat(request.subarray(0, 1), fromHex('06000d')) : honest(request)),
        /sensitivity: status 13/,
      ],
      [
        (request) => (request[2] === 0x20 ? concat(request.subarray(0, 1), fromHex('060001')) : honest(request)),
        /refuses to set enabled/,
      ],
      [
        (request) => (request[2] === 8 ? concat(request.subarray(0, 1), fromHex('060801')) : honest(request)),
        /hardwareAddress/,
      ],
    ];
    for (const [answer, reason] of cases) {
      const bench = new Bench();
      bench.answer = answer;
      bench.give(boot);
      bench.wait();
      expect(bench.failure).toMatch(reason);
      expect(bench.events.length).toBe(1);
    }
  });

  it('is set up again as it was where it resets itself; a transmission under way is told as aborted', () => {
    const bench = running();
    bench.answer = (request) => (request[2] === 0x71 ? undefined : honest(request));
    bench.driver.transmit({ id: 9, psdu: frame('01'), channel: 15, assess: true }, 0);
    bench.pump();
    bench.requests.length = 0;
    bench.give(hdlcFrame(fromHex('80060074')));
    expect(bench.events).toEqual([{ kind: 'transmitted', id: 9, outcome: 'aborted', at: 0 }]);
    const set = bench.requests.filter(([, command]) => command === 3).map((request) => request[2]);
    expect(set).toEqual([0x20, 0x36, 0x35, 0x34, 0x83, 0x84, 0x85, 0x21, 0x37]);
    bench.give(hdlcFrame(arrived(frame('aa'))));
    expect(received(bench)).toEqual([toHex(frame('aa'))]);
  });

  it('cannot make it hear what it does not listen to, nor damaged frames', () => {
    const bench = running();
    bench.give(hdlcFrame(arrived(frame('aa'), 16)));
    const bad = arrived(frame('bb'));
    bad[3 + 2 + frame('bb').length + 2] = 0x04;
    bench.give(hdlcFrame(bad));
    bench.give(hdlcFrame(arrived(new Uint8Array())));
    bench.driver.sleep(0);
    bench.pump();
    bench.give(hdlcFrame(arrived(frame('cc'))));
    expect([bench.events, bench.driver.damaged]).toEqual([[], 1]);
  });

  it('cannot answer what was not asked', () => {
    const bench = running();
    for (const frameHex of ['8f060000', '870600', '8506370100', '9006 0070'.replace(' ', ''), '820600ffffff']) {
      bench.give(hdlcFrame(fromHex(frameHex)));
    }
    expect(bench.events).toEqual([]);
    const { unexpected, malformed } = bench.driver.counters;
    expect(unexpected + malformed).toBe(5);
  });
});

describe('a sleeping radio', () => {
  it('hears what follows at once where it is told to listen when its transmission has ended', () => {
    const bench = running();
    bench.driver.sleep(0);
    bench.pump();
    bench.answer = (request) => (request[2] === 0x71 ? undefined : honest(request));
    bench.driver.transmit({ id: 1, psdu: frame('01'), channel: 15, assess: true }, 0);
    bench.pump();
    const ended = hdlcFrame(honest(bench.requests.at(-1)!)!);
    bench.driver.handle({ kind: 'bytes', bytes: concat(ended, hdlcFrame(arrived(frame('aa')))) }, 0);
    expect(bench.driver.poll(0)).toMatchObject({ event: { kind: 'transmitted', outcome: 'sent' } });
    bench.driver.listen(15, 0);
    bench.pump();
    expect(received(bench)).toEqual([toHex(frame('aa'))]);
  });

  it('is sent to sleep again 20 ms after a transmission that nothing followed', () => {
    const bench = running();
    bench.driver.sleep(0);
    bench.driver.transmit({ id: 1, psdu: frame('01'), channel: 15, assess: true }, 0);
    bench.pump();
    bench.requests.length = 0;
    expect(bench.driver.deadline).toBe(20);
    bench.now = 20;
    bench.pump();
    expect(bench.requests.map((request) => toHex(request.subarray(1)))).toEqual(['033700']);
  });
});

describe(`fuzzed: SELVAGE_SEED=${seed}`, () => {
  it('random bytes, frames of random bytes, and good notices cut off, changed or repeated', () => {
    const random = new SeededRandom(seed);
    const bench = running();
    for (let round = 0; round < rounds; round++) {
      const good = arrived(frame(toHex(random.bytes(random.below(40)))));
      const changed = Uint8Array.from(good);
      changed[random.below(changed.length)]! ^= 1 << random.below(8);
      // A reset notice is believed, as it should be: it is not what is tried here.
      const header = Uint8Array.of(0x81 + random.below(15), 6);
      const bytes = [
        random.bytes(random.below(200)),
        hdlcFrame(concat(header, random.bytes(random.below(100)))),
        hdlcFrame(good.subarray(0, random.below(good.length))),
        hdlcFrame(changed),
        hdlcFrame(good).subarray(0, random.below(good.length)),
      ][random.below(5)]!;
      bench.give(bytes);
    }
    expect(bench.failure).toBeUndefined();
    bench.events.length = 0;
    bench.give(hdlcFrame(arrived(frame('0e0e'))));
    bench.give(hdlcFrame(arrived(frame('0f0f'))));
    expect(received(bench)).toContain(toHex(frame('0f0f')));
    bench.driver.transmit({ id: 1, psdu: frame('01'), channel: 15, assess: true }, bench.now);
    bench.pump();
    expect(bench.events.at(-1)).toMatchObject({ kind: 'transmitted', id: 1, outcome: 'sent' });
  });

  it('lies in every answer: it ends as ready or as failed, and never with an exception', () => {
    const random = new SeededRandom(seed);
    const ends = { ready: 0, failed: 0 };
    for (let round = 0; round < rounds; round++) {
      const bench = new Bench();
      bench.answer = (request) => {
        const answer = honest(request);
        if (answer === undefined || random.below(8) > 0) return answer;
        const lie = Uint8Array.from(answer);
        lie[random.below(lie.length)]! ^= 1 << random.below(8);
        return random.below(3) === 0 ? lie.subarray(0, random.below(lie.length)) : lie;
      };
      bench.give(boot);
      bench.driver.listen(20, bench.now);
      bench.pump();
      bench.wait();
      if (bench.failure === undefined) ends.ready++;
      else ends.failed++;
      expect(bench.failure === undefined ? bench.ready > 0 : true).toBe(true);
    }
    expect(ends.ready + ends.failed).toBe(rounds);
    expect(ends.failed).toBeGreaterThan(0);
  });

  it('floods: what it holds stays bounded, and the next good frame is heard', () => {
    const bench = running();
    const noise = new Uint8Array(1 << 20).fill(0x42);
    bench.give(noise);
    bench.give(concat(...Array.from({ length: 5000 }, () => hdlcFrame(fromHex('8f060000')))));
    expect(bench.events).toEqual([]);
    bench.give(hdlcFrame(arrived(frame('0f'))));
    expect(received(bench)).toEqual([toHex(frame('0f'))]);
    expect(bench.driver.counters).toMatchObject({ tooLong: 1, unexpected: 5000 });
  });
});
