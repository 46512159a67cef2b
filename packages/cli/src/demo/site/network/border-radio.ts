import { SelvageError } from '@selvage/core';
import type { Radio } from '@selvage/thread';
import { openSpinelWire, SpinelRadio, type UdpEtherOptions, UdpEtherRadio } from '@selvage/thread/node';
import type { Surface } from '../../../terminal/surface.js';
import type { ShowRadio } from './show-radio.js';

/** Ethers that shows take: their ports are above those of OpenThread's tests, and below those that this host hands out. */
const [firstOffset, offsets] = [300, 390] as const;
/** The number of a border node with a simulated radio. */
export const borderNumber = 1;

/** The radio of a border node, and the ether that it is on. */
export interface BorderRadio {
  readonly radio: Radio;
  readonly offset: number;
  /** Its number there; a co-processor shows it when it speaks. */
  readonly node: number | undefined;
  /** For people. */
  readonly description: string;
}

/**
 * Opens the radio of a border node.
 * @param hears whom it hears, where it is a simulated one: a co-processor hears all
 * @throws SelvageError (rejects) `address-in-use`, `value-out-of-range`, `port-failed`
 */
export async function openBorderRadio(
  surface: Surface,
  wanted: Exclude<ShowRadio, { kind: 'none' }>,
  hears: Hears,
): Promise<BorderRadio> {
  if (wanted.kind === 'spinel') return openCoprocessor(surface, wanted.command);
  return wanted.offset === undefined ? freeEther(surface, hears) : join(surface, wanted.offset, hears);
}

/** Whom a simulated radio hears. */
type Hears = NonNullable<UdpEtherOptions['hears']>;

/** A simulated co-processor is on the ether that its environment says. */
async function openCoprocessor({ clock, env }: Surface, command: string): Promise<BorderRadio> {
  const radio = await SpinelRadio.open(openSpinelWire(command), clock);
  const version = radio.facts.version.split(';')[0] ?? command;
  return { radio, offset: Number(env['PORT_OFFSET'] ?? 0), node: undefined, description: version };
}

async function join({ clock }: Surface, offset: number, hears: Hears): Promise<BorderRadio> {
  const radio = await UdpEtherRadio.join({ node: borderNumber, portOffset: offset, hears }, clock);
  return { radio, offset, node: borderNumber, description: 'a simulated radio' };
}

async function freeEther(surface: Surface, hears: Hears): Promise<BorderRadio> {
  const drawn = new Uint8Array(2);
  surface.entropy.fill(drawn);
  const start = ((drawn[0] as number) << 8) | (drawn[1] as number);
  for (let at = 0; at < offsets; at++) {
    try {
      return await join(surface, firstOffset + ((start + at) % offsets), hears);
    } catch (error) {
      if (!(error instanceof SelvageError) || error.code !== 'address-in-use') throw error;
    }
  }
  throw new SelvageError('address-in-use', 'there is a show on every ether');
}
