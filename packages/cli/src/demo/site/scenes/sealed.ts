import type { UdpAddress } from '@selvage/core/node';
import type { FoundDevice } from '@selvage/ocf';
import { type SurveyedDevice, survey } from '../../../ocf/survey.js';
import type { FoundRow } from '../events.js';
import { roster } from '../roster.js';
import type { Stage } from '../stage.js';
import { findUnowned } from './asking.js';

/** Eight devices that nobody owns are found. */
export async function sealedScene(stage: Stage): Promise<void> {
  const { screen, expectations, network, owner, surface } = stage;
  await stage.ready;
  const running = await Promise.all(roster.map(({ name }) => stage.devices.running(name)));
  const { listenFor } = network;
  const group = network.groups.map(({ key }) => key);
  screen.tell({
    event: 'scene',
    title: 'Sealed boxes',
    text: `A device without an owner answers when everybody on the network is asked (${group.join(', ')}), and whoever
      takes it first has it.`,
  });
  screen.tell({ event: 'looking', seconds: listenFor / 1000, group: group.join(', ') });
  const since = surface.clock.now();
  const wanted = running.map(({ device }) => device);
  const found = await findUnowned(owner, wanted, listenFor);
  const surveyed = await Promise.all(found.map((one) => survey(owner.tool.client, one, owner.network.patience)));
  const milliseconds = surface.clock.now() - since;
  // Other devices of this network are none of the show's, whatever they are called.
  const ours = roster.flatMap(({ name }) => {
    const device = running.find((one) => one.name === name)?.device;
    return surveyed.filter((one) => one.found.device === device);
  });
  for (const { found: one } of ours) remember(stage, one);
  const devices = ours.map(rowOf);
  screen.tell({ event: 'found', devices, others: found.length - ours.length, milliseconds });
  expectations.observe('all eight answer', ours.length === roster.length);
  expectations.observe('none of them has an owner', ours.length > 0 && ours.every(({ found: one }) => !one.owned));
}

function remember({ players }: Stage, found: FoundDevice<UdpAddress>): void {
  const known = roster.find(({ name }) => name === found.name);
  if (known !== undefined) players.set(known.name, { name: known.name, kind: known.kind, found });
}

function rowOf({ found, methods }: SurveyedDevice): FoundRow {
  const { name = '', device, plain } = found;
  const kind = roster.find((one) => one.name === name)?.kind ?? 'sensor';
  return { name, kind, device, state: 'RFOTM', methods, address: plain[0]?.key ?? '' };
}
