import { toHex } from '@selvage/core';
import { etherPort } from '@selvage/thread/node';
import { demoManufacturerRoot } from '../../../ocf/device/demo-manufacturer.js';
import { calledFromHere } from '../../called-from-here.js';
import type { SummaryRow } from '../events.js';
import type { MeshMaking, NextCommands } from '../network/show-network.js';
import { needs } from '../roster.js';
import type { Player, Stage } from '../stage.js';

/** What there is in the end, and where it lies. @param milliseconds that all of it took */
export function summaryScene(stage: Stage, milliseconds: number): void {
  const { screen, players, folder, owner, expectations, network } = stage;
  const ours = owner.site.settings.name;
  const devices = [...players.values()].flatMap((player) => rowOf(player, ours));
  screen.tell({ event: 'summary', ok: expectations.ok, seconds: milliseconds / 1000, devices });
  screen.tell({
    event: 'places',
    places: [
      [folder.site, 'the owner: keys, authority, journal'],
      [folder.tenant, 'the same of the tenant'],
      [folder.devices, 'the boards of the devices: chips and flash'],
      [demoManufacturerRoot, 'the root of who made them'],
      ...network.places,
    ],
  });
}

/** How a person goes on: the site stays up, or is made anew and does. */
export function tellCommands({ screen, folder, network, players, commissioner }: Stage, stay: boolean): void {
  const call = calledFromHere();
  const { wanted, look, mesh } = network;
  if (look !== undefined) screen.tell({ event: 'commands', ...look });
  const settings = `SELVAGE_SITE=${folder.site}${wanted === undefined ? '' : ` SELVAGE_INTERFACE=${wanted}`}`;
  const { who, device, path } = needs[0];
  const address = players.get(device)?.found.plain[0]?.address;
  screen.tell({
    event: 'commands',
    text: stay
      ? 'The site stays up until Ctrl-C. In a second terminal:'
      : 'To keep such a site up and go on with it in a second terminal:',
    commands: [
      ...(stay ? [] : [call === 'selvage' ? 'selvage demo --stay' : 'npm start -- --stay']),
      call === 'selvage' ? `export ${settings}` : `alias selvage='${settings} ${call}'`,
      'selvage devices',
      `selvage set ${who} ${path} value=true`,
      `selvage get ${device} ${path}`,
      ...(mesh === undefined ? [] : meshCommands(stay ? address : undefined)),
      ...(stay && commissioner !== undefined
        ? [`selvage thread commissioner status --at ${commissioner.agent.key}`]
        : []),
    ],
  });
  if (stay && mesh !== undefined && address !== undefined)
    screen.tell({ event: 'commands', ...openThread(mesh, address) });
}

/** How a node of OpenThread's comes to the site: on the same air, with the same dataset. */
function openThread({ border, runner }: MeshMaking, address: string): NextCommands {
  return {
    text: 'A node of OpenThread’s comes to the same air with this dataset (DANGER: it has the network key), and pings a device:',
    commands: [
      `PORT_BASE=${etherPort({ portOffset: border.offset })} ot-cli-ftd ${guestNode}`,
      `dataset set active ${toHex(runner.node.dataset.encode())}`,
      'ifconfig up',
      'thread start',
      'state',
      `ping ${address}`,
    ],
  };
}

/** A number on the ether that no board has; commands take theirs from the other end. */
const guestNode = 20;

/** What there is to see of the mesh itself; the addresses of a mesh are its own. */
function meshCommands(address: string | undefined): string[] {
  return [
    'selvage thread topology',
    'selvage thread status',
    ...(address === undefined ? [] : [`selvage thread ping ${address}`]),
    'selvage thread sniff',
  ];
}

function rowOf({ name, kind, owned, owner, rights = {} }: Player, ours: string): SummaryRow[] {
  if (owned === undefined || owner === undefined) return [];
  const { device, method, identity } = owned;
  const certificateUntil = identity === undefined ? 'none' : new Date(identity.notAfter).toISOString().slice(0, 10);
  return [{ name, kind, owner, isOurs: owner === ours, device, method, certificateUntil, rights }];
}
