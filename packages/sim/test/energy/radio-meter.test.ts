import { VirtualClock } from '@selvage/core/virtual';
import { MeteredRadio } from '@selvage/sim';
import { type Radio, VirtualEther } from '@selvage/thread';
import { describe, expect, it } from 'vitest';

const channel = 15;
/** A frame of 22 bytes: it holds the channel for 0.896 ms. The radio does not look into it. */
const psdu = new Uint8Array(22);

function room() {
  const clock = new VirtualClock();
  const ether = new VirtualEther({ clock });
  const radio = new MeteredRadio(ether.open('a'), clock);
  const other: Radio = ether.open('b');
  radio.onEvent(() => undefined);
  other.onEvent(() => undefined);
  return { clock, radio, other };
}

describe('a metered radio', () => {
  it('asleep: is paid for the assessment and the frame alone', () => {
    const { clock, radio } = room();
    radio.transmit({ id: 1, psdu, channel, assess: true });
    clock.advance(1000);
    const { transmitting, receiving, assessing, frames, bytes } = radio.use;
    expect([transmitting, assessing]).toEqual([expect.closeTo(0.896, 9), 0.192]);
    expect([receiving, frames, bytes]).toEqual([0, 1, 22]);
  });

  it('awake: receives all the time but that of its own frames and assessments', () => {
    const { clock, radio } = room();
    radio.listen(channel);
    clock.advance(10);
    radio.transmit({ id: 1, psdu, channel, assess: true });
    clock.advance(10);
    radio.transmit({ id: 2, psdu, channel, assess: false });
    clock.advance(10);
    radio.sleep();
    clock.advance(1000);
    const { transmitting, receiving, assessing } = radio.use;
    expect([transmitting, assessing]).toEqual([expect.closeTo(1.792, 9), 0.192]);
    expect(receiving).toBeCloseTo(30 - 1.792 - 0.192, 9);
  });

  it('awakened when its frame is out: receives from then on, and not before', () => {
    const { clock, radio } = room();
    radio.transmit({ id: 1, psdu, channel, assess: true });
    clock.advance(0.192 + 0.896);
    radio.listen(channel);
    clock.advance(0.544);
    radio.sleep();
    clock.advance(100);
    expect(radio.use.receiving).toBeCloseTo(0.544, 9);
  });

  it('sent to sleep with a frame under way: has received until then, less what was the frame’s', () => {
    const { clock, radio } = room();
    radio.listen(channel);
    clock.advance(5);
    radio.transmit({ id: 1, psdu, channel, assess: true });
    clock.advance(0.5);
    radio.sleep();
    clock.advance(100);
    expect(radio.use.receiving).toBeCloseTo(5, 9);
    expect(radio.use.transmitting).toBeCloseTo(0.896, 9);
  });

  it('waits for the instant of an acknowledgement as a receiver', () => {
    const { clock, radio } = room();
    radio.listen(channel);
    radio.transmit({ id: 0, psdu: new Uint8Array(5), channel, assess: false, notBefore: 0.192 });
    clock.advance(10);
    const { transmitting, receiving, assessing } = radio.use;
    expect([transmitting, receiving, assessing]).toEqual([expect.closeTo(0.352, 9), expect.closeTo(9.648, 9), 0]);
  });

  it('finds the channel busy: is paid for the assessment alone, and nothing beside where it listens anyway', () => {
    const { clock, radio, other } = room();
    other.transmit({ id: 1, psdu: new Uint8Array(127), channel, assess: false });
    clock.advance(1);
    radio.transmit({ id: 1, psdu, channel, assess: true });
    clock.advance(0.01);
    expect(radio.use).toMatchObject({ transmitting: 0, receiving: 0, assessing: 0.192, frames: 0 });
    radio.listen(channel);
    radio.transmit({ id: 2, psdu, channel, assess: true });
    clock.advance(10);
    expect(radio.use).toMatchObject({ transmitting: 0, assessing: 0.192, frames: 0 });
    expect(radio.use.receiving).toBeCloseTo(10, 9);
  });

  it('counts what it hears, measures energy as a receiver, and is off when it is closed', () => {
    const { clock, radio, other } = room();
    radio.measureEnergy(channel, 7);
    clock.advance(10);
    radio.listen(channel);
    expect(radio.isReceiving).toBe(true);
    // The check sequence of sixteen zeroes is zero.
    other.transmit({ id: 1, psdu: new Uint8Array(18), channel, assess: false });
    clock.advance(3);
    radio.close();
    clock.advance(100);
    expect(radio.isReceiving).toBe(false);
    expect(radio.use.received).toBe(1);
    expect(radio.use.receiving).toBeCloseTo(10, 9);
  });
});
