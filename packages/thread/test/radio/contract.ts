import { fromHex, toHex } from '@selvage/core';
import type { TestFunctions } from '@selvage/core/testing';
import type { Radio, RadioEvent, ReceivedFrame } from '@selvage/thread';
import { writeFrameCheck } from '@selvage/thread';

/** Two radios that reach each other without loss. */
export interface RadioHarness {
  readonly a: Radio;
  readonly b: Radio;
  /** Lets time pass until the condition holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Lets so much pass that whatever was on its way has arrived. */
  readonly settle: () => Promise<void>;
  readonly close?: () => Promise<void>;
}

const channel = 15;

/** What every {@link Radio} must do. A radio that acknowledges or repeats by itself is also held to that. */
export function radioSuite(
  { describe, it, expect }: TestFunctions,
  options: { readonly name: string; readonly create: () => Promise<RadioHarness>; readonly computesCheck?: boolean },
): void {
  const test = (name: string, body: (harness: RadioHarness) => Promise<void>): void => {
    it(name, async () => {
      const harness = await options.create();
      try {
        await body(harness);
      } finally {
        harness.a.close();
        harness.b.close();
        await harness.close?.();
      }
    });
  };

  describe(`${options.name}: radio contract`, () => {
    test('carries a PSDU to whoever listens on its channel', async ({ a, b, until }) => {
      const received = collect(b);
      b.listen(channel);
      const psdu = frame('0102');
      a.transmit({ id: 1, psdu, channel, assess: true });
      await until(() => received.length === 1);
      expect(toHex(received[0]!.psdu)).toBe(toHex(psdu));
      expect(received[0]!.channel).toBe(channel);
      expect(received[0]!.rssi >= b.capabilities.sensitivity && received[0]!.rssi <= 20).toBe(true);
    });

    test('carries the longest PSDU, 127 bytes, and refuses a longer one', async ({ a, b, until }) => {
      const received = collect(b);
      b.listen(channel);
      const psdu = frame('5a'.repeat(127 - 2 - headLength));
      expect(psdu.length).toBe(127);
      a.transmit({ id: 1, psdu, channel, assess: true });
      await until(() => received.length === 1);
      expect(toHex(received[0]!.psdu)).toBe(toHex(psdu));
      const long = new Uint8Array(128);
      expect(codeOf(() => a.transmit({ id: 2, psdu: long, channel, assess: true }))).toBe('payload-too-large');
    });

    test('refuses a channel that there is not', async ({ a }) => {
      for (const wrong of [10, 27, 15.5]) {
        expect(codeOf(() => a.listen(wrong))).toBe('value-out-of-range');
        const psdu = frame('');
        expect(codeOf(() => a.transmit({ id: 1, psdu, channel: wrong, assess: true }))).toBe('value-out-of-range');
      }
    });

    test('hears nothing of another channel, and nothing while it sleeps', async ({ a, b, until, settle }) => {
      const received = collect(b);
      const sent = outcomes(a);
      b.listen(channel + 1);
      a.transmit({ id: 1, psdu: frame('01'), channel, assess: true });
      await until(() => sent.length === 1);
      await settle();
      b.listen(channel);
      b.sleep();
      a.transmit({ id: 2, psdu: frame('02'), channel, assess: true });
      await until(() => sent.length === 2);
      await settle();
      b.listen(channel);
      a.transmit({ id: 3, psdu: frame('03'), channel, assess: true });
      await until(() => received.length > 0);
      await settle();
      expect(received.map(({ psdu }) => toHex(psdu))).toEqual([toHex(frame('03'))]);
    });

    test('tells the end of each transmission once, after `transmit` returned', async ({ a, b, until, settle }) => {
      b.listen(channel);
      const sent = outcomes(a);
      a.transmit({ id: 7, psdu: frame('01'), channel, assess: true });
      expect(sent.length).toBe(0);
      await until(() => sent.length === 1);
      await settle();
      expect(sent).toEqual([[7, 'sent']]);
    });

    test('sends while it sleeps', async ({ a, b, until }) => {
      const received = collect(b);
      b.listen(channel);
      a.sleep();
      a.transmit({ id: 1, psdu: frame('0a'), channel, assess: true });
      await until(() => received.length === 1);
    });

    test('does not hear itself', async ({ a, b, until, settle }) => {
      const own = collect(a);
      a.listen(channel);
      const received = collect(b);
      b.listen(channel);
      a.transmit({ id: 1, psdu: frame('01'), channel, assess: true });
      await until(() => received.length === 1);
      await settle();
      expect(own.length).toBe(0);
    });

    test('lets the sender use its buffer again, and the receiver change what it got', async ({ a, b, until }) => {
      const received = collect(b);
      b.listen(channel);
      const psdu = frame('77');
      const sent = outcomes(a);
      a.transmit({ id: 1, psdu, channel, assess: true });
      psdu.fill(0);
      await until(() => received.length === 1 && sent.length === 1);
      expect(toHex(received[0]!.psdu)).toBe(toHex(frame('77')));
      received[0]!.psdu.fill(9);
      a.transmit({ id: 2, psdu: frame('78'), channel, assess: true });
      await until(() => received.length === 2);
      expect(toHex(received[1]!.psdu)).toBe(toHex(frame('78')));
    });

    if (options.computesCheck !== true) {
      test('drops a frame whose check sequence is wrong', async ({ a, b, until, settle }) => {
        const received = collect(b);
        const sent = outcomes(a);
        b.listen(channel);
        const bad = frame('0102');
        bad[3]! ^= 1;
        a.transmit({ id: 1, psdu: bad, channel, assess: true });
        await until(() => sent.length === 1);
        await settle();
        expect(received.length).toBe(0);
      });
    }

    test('measures the energy on a channel', async ({ a, until }) => {
      const measured: RadioEvent[] = [];
      a.onEvent((event) => {
        if (event.kind === 'energy') measured.push(event);
      });
      a.measureEnergy(20, 10);
      await until(() => measured.length === 1);
      const [event] = measured;
      expect(event?.kind === 'energy' && event.channel === 20 && event.dBm >= -128 && event.dBm < 20).toBe(true);
    });

    test('does nothing once it is closed', async ({ a, b, settle }) => {
      const received = collect(b);
      b.listen(channel);
      a.close();
      a.close();
      expect(codeOf(() => a.transmit({ id: 1, psdu: frame('01'), channel, assess: true }))).toBe('port-closed');
      expect(codeOf(() => a.listen(channel))).toBe('port-closed');
      await settle();
      expect(received.length).toBe(0);
    });
  });
}

/** Frame control, sequence number, PAN id, broadcast destination and a short source. */
const head = '41880170faffff006c';
const headLength = head.length / 2;

/** A broadcast data frame with this payload and a good check sequence. */
export function frame(payload: string): Uint8Array {
  const psdu = fromHex(`${head}${payload}0000`);
  writeFrameCheck(psdu);
  return psdu;
}

function collect(radio: Radio): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  radio.onEvent((event) => {
    if (event.kind === 'received') frames.push(event.frame);
  });
  return frames;
}

function outcomes(radio: Radio): (readonly [number, string])[] {
  const told: (readonly [number, string])[] = [];
  radio.onEvent((event) => {
    if (event.kind === 'transmitted') told.push([event.id, event.outcome]);
  });
  return told;
}

function codeOf(action: () => void): string {
  try {
    action();
    return 'returned';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
