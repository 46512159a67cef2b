import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import type { MeshHost } from '@selvage/device';
import { type AirPlace, heard, type Hearing } from '@selvage/device/node';
import { generateDataset, ip6Text } from '@selvage/thread';
import { meshNetwork } from '../../../ocf/network/mesh-network.js';
import type { Surface } from '../../../terminal/surface.js';
import { attachments, outdated, refusedJoiners, roster } from '../roster.js';
import { AirCapture } from './air-capture.js';
import { openBorderNode } from './border-node.js';
import { borderNumber, type BorderRadio, openBorderRadio } from './border-radio.js';
import { borderName, hearingOf, HouseNumbers } from './house.js';
import type { ShowNetwork } from './show-network.js';
import type { ShowRadio } from './show-radio.js';

/** A sleepy device hears the question with its next poll, and the answers of all take turns on the air, ms. */
const listenFor = 2000;
const networkName = new TextEncoder().encode('Selvage');
/** The same for each show: whoever listens need not look for it. */
const channel = { page: 0, channel: 15 } as const;
/** How long a co-processor has until its first frame is heard, ms. */
const firstFrame = 3000;
/** The number that is given last on an ether. */
const lastNode = 33;
/** All boards that are on the air. */
const names = [...roster, outdated, ...refusedJoiners].map(({ name }) => name);

/**
 * A Thread network on a simulated ether of this host, with its border node in this process. All frames are kept in a
 * file.
 * @param file where they are kept
 * @throws SelvageError (rejects) `address-in-use`, `port-failed`, `store-failed`
 */
export async function openAirNetwork(
  surface: Surface,
  file: string,
  wanted: Exclude<ShowRadio, { kind: 'none' }>,
): Promise<ShowNetwork> {
  const { entropy } = surface;
  const dataset = generateDataset({ core: nativeCore, entropy, values: { networkName, channel } });
  const planned = hearing(borderName, new HouseNumbers(borderNumber, names));
  const border = await openBorderRadio(surface, wanted, (from) => heard(planned, from));
  const { radio, offset, description } = border;
  const capture = await closingOnError(radio, () => AirCapture.open(surface, { path: file, offset, dataset }));
  const host = await closingOnError(radio, () => openBorderNode(surface, { radio, dataset }));
  const close = async (): Promise<void> => {
    await host.runner.stop();
    capture.close();
  };
  const node = await borderNodeOf(border, host, capture).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const numbers = new HouseNumbers(node, names);
  // A co-processor hears everybody, and so everybody is near.
  const isShaped = wanted.kind === 'ether';
  const name = dataset.name ?? '';
  return {
    crosses: `crosses a Thread mesh: each board has a radio, and the air is an ether of OpenThread's simulation on
      127.0.0.1 (offset ${offset}); nothing leaves this host.`,
    wanted: undefined,
    groups: [host.group],
    listenFor,
    mesh: {
      attachment: (called) => attachments.get(called) ?? 'thread',
      airOf: (called): AirPlace => airOf(called, numbers, { offset, isShaped }),
      isShaped,
      runner: host.runner,
      learn: (keys) => capture.learn(keys),
      border: {
        network: name,
        channel: channel.channel,
        panId: dataset.get('panId') ?? 0,
        rloc16: host.runner.node.rloc16 ?? 0,
        address: ip6Text(host.address),
        radio: description,
        offset,
      },
    },
    get known() {
      return { dataset: host.runner.node.dataset, radio: { kind: 'ether' as const, offset, node: undefined } };
    },
    places: [
      [capture.path, 'all frames of the air, as Wireshark opens them'],
      [capture.profile, 'what it needs to decrypt them: DANGER, the network key'],
    ],
    look: {
      text: 'The air of this site, frame by frame, in a Wireshark that has its keys:',
      commands: [`WIRESHARK_CONFIG_DIR=${capture.profile} wireshark ${capture.path}`],
    },
    client: async () => meshNetwork(host, name, () => Promise.resolve()),
    port: async () => host.open(),
    close,
  };
}

/** The number of the border node on its ether: that of its first frame, where it has a co-processor. */
async function borderNodeOf(
  { node, offset, description }: BorderRadio,
  { runner }: MeshHost,
  capture: AirCapture,
): Promise<number> {
  if (node !== undefined) return node;
  const own = Buffer.from(runner.node.link.extended).reverse();
  const heard = await capture
    .hear(({ psdu }) => Buffer.from(psdu).includes(own), firstFrame)
    .catch((cause: unknown) => {
      throw new SelvageError('port-failed', `${description} is not on the ether where the boards have their radios`, {
        cause,
        details: { offset },
        remedy: 'give the command of a simulated one, such as spinel:ot-rcp 1, with PORT_OFFSET as in its environment',
      });
    });
  return heard.node ?? 0;
}

/** Where a board is on the air; one that stays off is nowhere, and needs a number all the same. */
function airOf(
  name: string,
  numbers: HouseNumbers,
  { offset, isShaped }: { readonly offset: number; readonly isShaped: boolean },
): AirPlace {
  const isOnAir = names.includes(name);
  const node = isOnAir ? numbers.of(name) : lastNode;
  const hears = isOnAir && isShaped ? hearing(name, numbers) : undefined;
  return { offset, node, ...(hears && { hears }) };
}

function hearing(name: string, numbers: HouseNumbers): Hearing {
  return hearingOf(name, (called) => numbers.of(called), numbers.last);
}

async function closingOnError<T>(radio: BorderRadio['radio'], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    radio.close();
    throw error;
  }
}
