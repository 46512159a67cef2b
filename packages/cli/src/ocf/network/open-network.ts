import { SelvageError } from '@selvage/core';
import { chooseInterface } from '@selvage/core/node';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { readDataset } from '../../thread/dataset/input.js';
import { usualRadio } from '../../thread/radio/radio-name.js';
import type { NetworkChoice } from '../options.js';
import type { Site } from '../site/site.js';
import type { ClientNetwork } from './client-network.js';
import { openMeshNetwork } from './mesh-network.js';
import { openInterfaceNetwork } from './interface-network.js';

/**
 * The network that a person chose: that of a dataset, an interface of this host, or else that of the site; the loopback
 * where nothing is said.
 * @param site open still: it lends its node who it is
 * @throws SelvageError (rejects) that names the step.
 */
export async function openNetwork(
  surface: Surface,
  { dataset, radio, interface: wanted }: NetworkChoice,
  site: Site | undefined,
): Promise<ClientNetwork> {
  if (dataset !== undefined) {
    const read = await step('read the dataset', () => readDataset(surface, dataset));
    return onMesh(surface, { dataset: read, radio: radio ?? usualRadio }, undefined);
  }
  const known = wanted === undefined ? await site?.network() : undefined;
  if (known !== undefined) return onMesh(surface, { ...known, ...(radio && { radio }) }, site);
  if (radio !== undefined) throw noDataset();
  const chosen = await step('choose the interface', () => chooseInterface(wanted));
  return step('open the ports', () => openInterfaceNetwork(chosen));
}

function onMesh(surface: Surface, network: KnownNetwork, site: Site | undefined): Promise<ClientNetwork> {
  return step(`attach to ${network.dataset.name ?? 'the Thread network'}`, async () =>
    openMeshNetwork(surface, network, await site?.takePlace()),
  );
}

function noDataset(): SelvageError {
  return new SelvageError('invalid-argument', 'a radio was given, and no network: the site is on none', {
    remedy: 'give its dataset with --dataset, or once and for all: selvage site --dataset <dataset> --radio <radio>',
  });
}
