import { fromHex, toHex } from '@selvage/core';
import { systemClock as clock } from '@selvage/core/node';
import type { RadioEvent } from '@selvage/thread';
import { SpinelRadio, type SpinelWire } from '@selvage/thread/node';
import { writeFrameCheck } from '@selvage/thread';
import { frame } from '../contract.js';

/** A data frame to one node, which acknowledges it if it is there: PAN fa70, from 6c00. */
export function unicast(destination: string, sequence: string): Uint8Array {
  const psdu = fromHex(`6188${sequence}70fa${destination}006c01020000`);
  writeFrameCheck(psdu);
  return psdu;
}

/** Who acknowledges frames to 0004, and says to 0401 that something waits. */
export const identity = {
  panId: 0xfa70,
  short: 0x0400,
  extended: fromHex('18b4300000000005'),
  pendingShort: [0x0401],
  pendingExtended: [fromHex('0011223344556677')],
} as const;

/** What a radio told of a session, times left out. */
export type Told = readonly string[];

/**
 * One session: measured energy, a broadcast, a unicast frame that nobody acknowledges, frames that arrive, sleep.
 * @param others lets somebody else on the air send these frames
 */
export async function session(wire: SpinelWire, others: (psdu: Uint8Array) => void): Promise<Told> {
  const radio = await SpinelRadio.open(wire, clock);
  const told: string[] = [`${radio.facts.version.slice(0, 10)} ${toHex(radio.facts.hardwareAddress)}`];
  const events: RadioEvent[] = [];
  let wake = (): void => undefined;
  radio.onEvent((event) => {
    events.push(event);
    wake();
  });
  const next = async (): Promise<void> => {
    while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    told.push(textOf(events.shift()!));
  };
  radio.configure(identity);
  radio.listen(15);
  radio.measureEnergy(20, 10);
  await next();
  radio.transmit({ id: 1, psdu: frame('0102'), channel: 15, assess: true });
  await next();
  radio.transmit({ id: 2, psdu: unicast('0088', '21'), channel: 15, assess: true, backOffs: 4, repetitions: 1 });
  await next();
  others(frame('aa'));
  await next();
  others(unicast('0004', '22'));
  await next();
  radio.sleep();
  radio.transmit({ id: 3, psdu: frame('7e7d'), channel: 16, assess: false });
  await next();
  radio.close();
  return told;
}

function textOf(event: RadioEvent): string {
  switch (event.kind) {
    case 'received':
      return `received ${event.frame.channel} ${event.frame.rssi} ${toHex(event.frame.psdu)}`;
    case 'transmitted':
      return `transmitted ${event.id} ${event.outcome}`;
    case 'energy':
      return `energy ${event.channel} ${event.dBm}`;
    case 'failed':
      return `failed ${event.reason}`;
  }
}
