import { toHex } from '@selvage/core';
import { parseUuid, uuidBytes } from '../../../src/index.js';
import { type CapturedEvent, flowOf, type Party } from './flows.js';

/** The tool and the devices of flows a01 to a13. */
const cast = {
  tool: '18717529-b93b-484a-4e0e-758becc91ccd',
  'device 1': '62d8e00a-c631-481a-6960-4877df1c7190',
  'device 2': 'c68780ae-5d0a-4ce0-5994-450a39ca055a',
};

/** Who plays whom. */
export interface Casting {
  readonly tool: string;
  /** The device that plays `device 1`, and what it is called. */
  readonly device: Party;
  readonly uuid: string;
  /** What `device 2` is called, where it takes part. */
  readonly other?: string;
}

/** A flow of the `a` series as it would have been with others in it; `frames` keeps a part of it. */
export function renamedFlow(
  start: string,
  { tool, device, uuid, other = cast['device 2'] }: Casting,
  keeps: (event: CapturedEvent) => boolean = () => true,
): readonly CapturedEvent[] {
  const names: readonly (readonly [string, string])[] = [
    [cast.tool, tool],
    [cast['device 1'], uuid],
    [cast['device 2'], other],
  ];
  let text = JSON.stringify(flowOf(start).filter(keeps));
  for (const [theirs, name] of names) {
    text = text.replaceAll(asText(theirs), asText(name)).replaceAll(asBytes(theirs), asBytes(name));
  }
  return JSON.parse(text.replaceAll('"device 1"', JSON.stringify(device))) as CapturedEvent[];
}

function asText(uuid: string): string {
  return toHex(new TextEncoder().encode(uuid));
}

function asBytes(uuid: string): string {
  return toHex(uuidBytes(parseUuid(uuid)));
}
