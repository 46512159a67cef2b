import { type Clock, SelvageError } from '@selvage/core';
import type { Radio } from '@selvage/thread';
import { SpinelRadio, openSpinelWire, UdpEtherRadio } from '@selvage/thread/node';
import type { RadioName } from './radio-name.js';

/** A radio to speak by. */
export interface OpenRadio {
  readonly radio: Radio;
  /** For people: `node 33 of the ether`. */
  readonly description: string;
}

/** OpenThread's simulation counts from 1, so that we count from the end. */
const [lastNode, firstNode] = [33, 1] as const;

/** @throws SelvageError of the radio; `address-in-use` where no node of the ether is free */
export async function openRadio(name: RadioName, clock: Clock): Promise<OpenRadio> {
  if (name.kind === 'spinel') {
    const radio = await SpinelRadio.open(openSpinelWire(name.command), clock);
    return { radio, description: radio.facts.version.split(';')[0] ?? name.command };
  }
  const { offset, node } = name;
  const where = offset === 0 ? 'the ether' : `the ether at offset ${offset}`;
  for (let number = node ?? lastNode; number >= (node ?? firstNode); number--) {
    try {
      const radio = await UdpEtherRadio.join({ node: number, portOffset: offset }, clock);
      return { radio, description: `node ${number} of ${where}` };
    } catch (error) {
      const isTaken = error instanceof SelvageError && error.code === 'address-in-use';
      if (!isTaken || node !== undefined) throw error;
    }
  }
  throw new SelvageError('address-in-use', `all nodes of ${where} are taken`, { remedy: 'use another offset' });
}
