import { type Command, Option } from 'commander';
import { type RadioName, radioOption } from '../thread/radio/radio-name.js';
import type { Surface } from '../terminal/surface.js';

/** Which network a person chose, as commander gives it. */
export interface NetworkChoice {
  /** The network interface; that of the site, or the loopback, where nobody says. */
  readonly interface?: string;
  /** A Thread network instead, and the radio that reaches it. */
  readonly dataset?: string;
  readonly radio?: RadioName;
}

/** What every verb has, as commander gives it. */
export interface CommonOptions extends Pick<NetworkChoice, 'interface'> {
  readonly json: boolean;
}

/** What every verb of an owner has. */
export interface SiteOptions extends CommonOptions, NetworkChoice {
  readonly site: string;
}

/** Where what an owner has is kept. */
export const usualSite = '.selvage/site';

export function addJsonOption(command: Command): Command {
  return command.option('--json', 'one JSON object a line on standard output', false);
}

export function addNetworkOptions(command: Command, { env }: Pick<Surface, 'env'>): Command {
  const name = '--interface <name or address>';
  const what =
    'the network interface; the loopback by default, and then nothing leaves this host (or SELVAGE_INTERFACE)';
  const wanted = env['SELVAGE_INTERFACE'];
  return addJsonOption(
    command.addOption(wanted === undefined ? new Option(name, what) : new Option(name, what).default(wanted)),
  );
}

export function addSiteOption(command: Command, { env }: Pick<Surface, 'env'>): Command {
  const folder = env['SELVAGE_SITE'] ?? usualSite;
  return command.option('--site <folder>', 'where this owner keeps keys and devices (or SELVAGE_SITE)', folder);
}

export function addSiteOptions(command: Command, surface: Pick<Surface, 'env'>): Command {
  return addMeshOptions(addNetworkOptions(addSiteOption(command, surface), surface));
}

/** Which Thread network. */
export function addMeshOptions(command: Command): Command {
  return command
    .option('--dataset <dataset>', 'the Thread network: its dataset, a file, or -; by default the network of the site')
    .addOption(radioOption());
}
