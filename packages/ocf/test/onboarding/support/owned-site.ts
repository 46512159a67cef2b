import type { FoundDevice, OnboardingToolOptions, OwnedDevice } from '../../../src/index.js';
import type { PeerAddress } from '@selvage/core';
import { Site, type SiteDevice, type SiteTool } from './site.js';

/** A device of ours, and as its owner knows it. */
export interface OwnedSiteDevice extends SiteDevice {
  readonly owned: OwnedDevice;
  readonly found: FoundDevice<PeerAddress>;
}

/** A site whose devices have an owner already. */
export async function ownedSite(
  seed: string,
  names: readonly string[],
  options: Partial<OnboardingToolOptions<PeerAddress>> = {},
): Promise<{ site: Site; tool: SiteTool; devices: OwnedSiteDevice[] }> {
  const site = new Site(seed);
  const tool = await site.tool('tool', undefined, options);
  const devices: OwnedSiteDevice[] = [];
  for (const name of names) {
    const one = await site.device(name);
    const [found] = await site.unowned(tool);
    if (found === undefined) throw new RangeError(`${name} was not found`);
    devices.push({ ...one, found, owned: await site.settle(tool.tool.own(found)) });
  }
  return { site, tool, devices };
}
