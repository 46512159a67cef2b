import { relative } from 'node:path';
import { demoManufacturerRoot } from '../../../ocf/device/demo-manufacturer.js';
import type { SummaryRow } from '../events.js';
import type { Player, Stage } from '../stage.js';

/** What there is in the end, where it lies, and how to go on. */
export function summaryScene({ screen, players, folder }: Stage, milliseconds: number, stay: boolean): void {
  screen.tell({ event: 'summary', seconds: milliseconds / 1000, devices: [...players.values()].flatMap(rowOf) });
  screen.tell({
    event: 'places',
    places: [
      [folder.site, 'the owner: keys, authority, journal of each device'],
      [folder.tenant, 'the tenant'],
      [folder.devices, 'what the devices must not forget'],
      [demoManufacturerRoot, "the manufacturer's root"],
    ],
  });
  const call = commandLine();
  screen.tell({
    event: 'commands',
    text: stay
      ? 'The site stays up until Ctrl-C. From a second terminal:'
      : 'Keep a site like this up, and go on with it from a second terminal:',
    commands: [
      ...(stay ? [] : [call === 'selvage' ? 'selvage demo --stay' : 'npm start -- --stay']),
      `alias selvage='SELVAGE_SITE=${folder.site} ${call}'`,
      'selvage devices',
      'selvage get hall-light /switch',
      'selvage set hall-switch /switch value=true',
      'selvage observe hall-light /switch',
    ],
  });
}

function rowOf({ name, kind, owned, owner, rights = {} }: Player): SummaryRow[] {
  if (owned === undefined || owner === undefined) return [];
  const { device, method, identity } = owned;
  const certificateUntil = identity === undefined ? 'none' : new Date(identity.notAfter).toISOString().slice(0, 10);
  return [{ name, kind, owner, device, method, certificateUntil, rights }];
}

/** How this program is called from here: from a clone it has no name of its own. */
export function commandLine(): string {
  const path = relative(process.cwd(), process.argv[1] ?? '');
  return path.endsWith('.js') && !path.startsWith('..') ? `node ${path}` : 'selvage';
}
