import { step } from '../../ca/step.js';
import { readOptionText } from '../../dtls/files.js';
import { demoManufacturerRoot } from '../../ocf/device/demo-manufacturer.js';
import { Operator } from '../../ocf/operator.js';
import { Site } from '../../ocf/site/site.js';
import { decodePem } from '@selvage/pki';
import type { Surface } from '../../terminal/surface.js';
import type { Closing } from './closing.js';
import type { ShowNetwork } from './network/show-network.js';

/** What an owner of the show is made with. */
export interface OwnerSetting {
  readonly folder: string;
  /** What devices tell of it. */
  readonly name: string;
  readonly network: ShowNetwork;
}

/**
 * An owner with a site of its own, as the other commands make it that takes devices of the demo manufacturer.
 * @throws SelvageError that names the step.
 */
export async function openOwner(
  surface: Surface,
  { folder, name, network }: OwnerSetting,
  closing: Closing,
): Promise<Operator> {
  const site = await Site.openOrMake(surface, folder, name);
  await closing.add(() => site.close());
  const root = await step(`read the manufacturer's root`, () => readOptionText('--trust', demoManufacturerRoot));
  await site.change({ manufacturers: decodePem('CERTIFICATE', root) });
  await site.setNetwork(network.known);
  const client = await step('open the ports', () => network.client());
  const operator = await Operator.on(client, surface, site);
  await closing.add(() => operator.close());
  return operator;
}
