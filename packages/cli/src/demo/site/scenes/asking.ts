import type { UdpAddress } from '@selvage/core/node';
import type { FoundDevice, Uuid } from '@selvage/ocf';
import type { Operator } from '../../../ocf/operator.js';

/** Nobody repeats a multicast that is lost, and on a machine with much else to do a device answers later than it is listened for. */
const mostQuestions = 30;

/** Asks who has no owner, until these devices have answered or were asked often enough. All that answered are found. */
export async function findUnowned(
  { tool }: Operator,
  wanted: readonly Uuid[],
  listenFor: number,
): Promise<FoundDevice<UdpAddress>[]> {
  const found = new Map<Uuid, FoundDevice<UdpAddress>>();
  for (let asked = 0; asked < mostQuestions && !wanted.every((device) => found.has(device)); asked++) {
    for (const one of await tool.discover({ owned: false, listenFor })) found.set(one.device, one);
  }
  return [...found.values()];
}
