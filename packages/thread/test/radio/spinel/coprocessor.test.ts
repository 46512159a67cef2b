/** The spinel driver against OpenThread's ot-rcp where it is, and against what that said once where it is not. */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemClock as clock } from '@selvage/core/node';
import { SpinelRadio, startSpinelProcess, UdpEtherRadio } from '@selvage/thread/node';
import { describe, expect, it } from 'vitest';
import { coprocessorCommand, otRcp } from '../../support/coprocessor.js';
import {
  AnsweredWire,
  type ExchangedFrame,
  RecordingWire,
  ReplayedWire,
  WireAfter,
} from '../../support/scripted-wire.js';
import { frame, radioSuite } from '../contract.js';
import { identity, session, type Told, unicast } from './session.js';

interface Exchange {
  readonly source: string;
  readonly told: Told;
  readonly frames: readonly ExchangedFrame[];
}

const file = new URL('../../vectors/spinel/ot-rcp.json', import.meta.url);
/** An ether of each test alone: a co-processor that is told to end takes its time. */
let portBase = 12_000 + 600 * (process.pid % 30);
let nextNode = 10;
const timeout = 10_000;
const live = otRcp === undefined ? describe.skip : describe;

describe('spinel, as an ot-rcp spoke it once', () => {
  it('is told the same again, and tells the same again', async () => {
    const exchange = JSON.parse(readFileSync(file, 'utf8')) as Exchange;
    const wire = new ReplayedWire(exchange.frames);
    const told = await session(wire, () => undefined);
    expect(wire.differences).toEqual([]);
    expect(told).toEqual(exchange.told);
    expect(exchange.frames.length).toBe(47);
    expect(wire.left).toBe(0);
  });
});

live(`a live ot-rcp${otRcp === undefined ? ' (skipped: SELVAGE_OT_RCP names none)' : ''}`, () => {
  it('says what it said once', { timeout }, async () => {
    portBase += 40;
    const other = await UdpEtherRadio.join({ node: 1, portBase }, clock);
    const wire = new RecordingWire(startSpinelProcess(coprocessorCommand(5, portBase)));
    const told = await session(wire, (psdu) => other.transmit({ id: 1, psdu, channel: 15, assess: false }));
    other.close();
    const { source, told: once } = JSON.parse(readFileSync(file, 'utf8')) as Exchange;
    if (process.env['SELVAGE_RECORD'] === 'spinel') {
      const frames = wire.frames.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
      const words = told.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
      writeFileSync(
        file,
        `{\n  "source": ${JSON.stringify(source)},\n  "told": [\n${words}\n  ],\n  "frames": [\n${frames}\n  ]\n}\n`,
      );
    } else expect(told).toEqual(once);
  });

  it('acknowledges for whom it is configured, and says so to whom something waits', { timeout }, async () => {
    portBase += 40;
    const a = await SpinelRadio.open(startSpinelProcess(coprocessorCommand(5, portBase)), clock);
    const b = await SpinelRadio.open(startSpinelProcess(coprocessorCommand(6, portBase)), clock);
    b.configure(identity);
    b.listen(15);
    const outcomes: (readonly [string, number | undefined])[] = [];
    const sent = new Promise<void>((resolve) =>
      a.onEvent((event) => {
        if (event.kind !== 'transmitted') return;
        outcomes.push([event.outcome, event.acknowledgement?.psdu[0]]);
        resolve();
      }),
    );
    a.transmit({ id: 1, psdu: unicast('0004', '31'), channel: 15, assess: true, repetitions: 3 });
    await sent;
    expect(outcomes).toEqual([['sent', 0x02]]);
    a.close();
    b.close();
  });

  it('refuses what is no co-processor, and says why', async () => {
    const open = (command: string) => SpinelRadio.open(startSpinelProcess(command), clock);
    await expect(open('/no/such/program')).rejects.toMatchObject({
      code: 'port-failed',
      message: expect.stringMatching(/cannot be run/) as string,
    });
    await expect(open(`sh -c 'echo dead >&2; exit 3'`)).rejects.toMatchObject({
      message: expect.stringMatching(/ended with code 3: dead/) as string,
    });
  });

  radioSuite(
    { describe, it, expect },
    {
      name: 'spinel to a live ot-rcp',
      computesCheck: true,
      create: async () => {
        portBase += 40;
        const [first, second] = [7, 8].map((node) => startSpinelProcess(coprocessorCommand(node, portBase)));
        const answered = new AnsweredWire(second!);
        const [a, b] = await Promise.all([
          SpinelRadio.open(new WireAfter(first!, answered), clock),
          SpinelRadio.open(answered, clock),
        ]);
        for (const radio of [a, b]) radio.configure(identity);
        return { a, b, until, settle: () => echo() };
      },
    },
  );
});

/** Another pair sends as often as it takes for whatever was sent before to be there. */
async function echo(): Promise<void> {
  const c = await UdpEtherRadio.join({ node: 3, portBase }, clock);
  const d = await SpinelRadio.open(startSpinelProcess(coprocessorCommand(nextNode++, portBase)), clock);
  d.configure(identity);
  let heard = false;
  d.onEvent(({ kind }) => {
    heard ||= kind === 'received';
  });
  d.listen(26);
  while (!heard) {
    c.transmit({ id: 1, psdu: frame('ec'), channel: 26, assess: false });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  c.close();
  d.close();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
