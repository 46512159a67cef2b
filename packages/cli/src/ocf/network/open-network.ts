import { chooseInterface } from '@selvage/core/node';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import type { NetworkChoice } from '../options.js';
import type { Site } from '../site/site.js';
import { chosenNetwork } from './chosen-network.js';
import type { ClientNetwork } from './client-network.js';
import { openInterfaceNetwork } from './interface-network.js';
import { openMeshNetwork } from './mesh-network.js';

/**
 * The network that a person chose: a Thread network, an interface of this host, or else that of the site; the loopback
 * where nothing is said.
 * @param site open still: it lends its node who it is
 * @throws SelvageError (rejects) that names the step.
 */
export async function openNetwork(
  surface: Surface,
  choice: NetworkChoice,
  site: Site | undefined,
): Promise<ClientNetwork> {
  const known = await chosenNetwork(surface, choice, site);
  if (known !== undefined) {
    // Whoever gives a dataset is a guest there: the site keeps who it is on its own network alone.
    const own = choice.dataset === undefined ? site : undefined;
    return step(`attach to ${known.dataset.name ?? 'the Thread network'}`, async () =>
      openMeshNetwork(surface, known, await own?.takePlace()),
    );
  }
  const chosen = await step('choose the interface', () => chooseInterface(choice.interface));
  return step('open the ports', () => openInterfaceNetwork(chosen));
}
