import { type Command, Option } from 'commander';
import type { Surface } from '../terminal/surface.js';

/** What every verb has, as commander gives it. */
export interface CommonOptions {
  readonly json: boolean;
  /** The network interface; the loopback where nobody says. */
  readonly interface?: string;
}

/** What every verb of an owner has. */
export interface SiteOptions extends CommonOptions {
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
  return addNetworkOptions(addSiteOption(command, surface), surface);
}
