import { writeFileSync } from 'node:fs';
import { toHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { EtherListener } from '@selvage/thread/node';
import type { MixedMesh } from './mixed-mesh.js';
import { networkSize, portBaseOf } from './openthread.js';

/** Whether live meshes are written down as captures: `SELVAGE_RECORD=mesh`. */
const records = process.env['SELVAGE_RECORD'] === 'mesh';
const folder = new URL('../vectors/meshes/', import.meta.url);

/** Writes down all that is on the air of a mesh, until what comes back is called: with its nodes and its key. */
export async function recordMesh(mesh: MixedMesh, name: string): Promise<() => Promise<void>> {
  if (!records) return () => Promise.resolve();
  const frames: [milliseconds: number, node: number, channel: number, psdu: string][] = [];
  const begun = systemClock.now();
  const listener = await EtherListener.join(
    { portBase: portBaseOf(mesh.ether.portOffset), networkSize },
    systemClock,
    ({ at, node = 0, channel, psdu }) => frames.push([Math.round(at - begun), node, channel, toHex(psdu)]),
  );
  return async () => {
    listener.close();
    const members = [...mesh.members.values()];
    const extended = members.map(async (member) => [member.number, [await member.extended()]] as const);
    const prefix = toHex(mesh.dataset.get('meshLocalPrefix') ?? new Uint8Array(8))
      .match(/.{4}/g)
      ?.join(':');
    const capture = {
      source: `a mesh on OpenThread's simulated ether; ours: ${list(members, 'ours')}; OpenThread (Irving-cl, 5c178c429): ${list(members, 'theirs')}`,
      meshLocalPrefix: `${prefix}::/64`,
      networkKeys: [toHex(mesh.dataset.get('networkKey')?.reveal() ?? new Uint8Array(0))],
      keks: [],
      extendedAddresses: Object.fromEntries(await Promise.all(extended)),
    };
    const head = JSON.stringify(capture, undefined, 2).slice(0, -2);
    const rows = frames.map((frame) => `    ${JSON.stringify(frame)}`).join(',\n');
    writeFileSync(new URL(`${name}.json`, folder), `${head},\n  "frames": [\n${rows}\n  ]\n}\n`);
  };
}

function list(members: readonly { number: number; kind: string }[], kind: string): string {
  const numbers = members.filter((member) => member.kind === kind).map(({ number }) => number);
  return numbers.length === 0 ? 'none' : numbers.join(', ');
}
