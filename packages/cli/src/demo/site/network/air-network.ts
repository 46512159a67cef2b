import { fromHex, type Secret } from '@selvage/core';
import { addressResolver } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import type { AirPlace } from '@selvage/device/node';
import { AirReader, type Dataset, generateDataset, ip6Prefix, ip6Text } from '@selvage/thread';
import { EtherListener } from '@selvage/thread/node';
import { CaptureFile } from '../../../thread/sniff/capture-file.js';
import type { Surface } from '../../../terminal/surface.js';
import { outdated, roster, sleepy } from '../roster.js';
import { type BorderNode, borderNumber, openBorderNode } from './border-node.js';
import type { ShowNetwork } from './show-network.js';

/** A sleepy device hears the question with its next poll, and the answers of all take turns on the air, ms. */
const listenFor = 1500;
const prefixBits = 64;
const networkName = new TextEncoder().encode('Selvage');
/** The same for each show: whoever listens need not look for it. */
const channel = { page: 0, channel: 15 } as const;

/** Which ether; one that nobody is on where it is left out. */
export interface AirOptions {
  readonly offset?: number | undefined;
}

/**
 * A Thread network on a simulated ether of this host, with its border node in this process. All frames are kept in a
 * file.
 * @param file where they are kept
 * @throws SelvageError (rejects) `address-in-use`, `port-failed`, `store-failed`
 */
export async function openAirNetwork(
  surface: Surface,
  file: string,
  { offset: wanted }: AirOptions,
): Promise<ShowNetwork> {
  const { entropy } = surface;
  const dataset = generateDataset({ core: nativeCore, entropy, values: { networkName, channel } });
  const border = await openBorderNode(surface, dataset, wanted);
  const capture = await captureOf(surface, file, border, dataset);
  const { host, offset } = border;
  const resolve = addressResolver(host.facts);
  const names = [...roster.map(({ name }) => name), outdated.name];
  return {
    crosses: `crosses a Thread mesh: each board has a radio, and the air is an ether of OpenThread's simulation on
      127.0.0.1 (offset ${offset}); nothing leaves this host.`,
    wanted: undefined,
    groups: [host.group],
    listenFor,
    mesh: {
      dataset,
      attachment: (name) => (sleepy.has(name) ? 'thread-sleepy' : 'thread'),
      airOf: (name): AirPlace => ({ offset, node: placeOf(names, name) }),
      border: {
        network: dataset.name ?? '',
        channel: channel.channel,
        panId: dataset.get('panId') ?? 0,
        rloc16: host.runner.node.rloc16 ?? 0,
        address: ip6Text(host.address),
        offset,
      },
    },
    places: [
      [capture.path, 'all frames of the air, as Wireshark opens them'],
      ...(capture.profile === undefined ? [] : [[capture.profile, 'what it needs to decrypt them'] as const]),
    ],
    commands: (call, stay) => ({
      text: stay
        ? 'The site stays up until Ctrl-C. Its air, from a second terminal:'
        : 'The air of this site, frame by frame, in a Wireshark that has its keys:',
      commands: stay
        ? [`${call} thread sniff --radio ether:${offset}`]
        : [`WIRESHARK_CONFIG_DIR=${capture.profile ?? ''} wireshark ${capture.path}`],
    }),
    clientPorts: async () => ({ plain: host.open(), secured: host.open(), groups: [host.group], resolve }),
    port: async () => host.open(),
    close: async () => {
      await host.runner.stop();
      capture.close();
    },
  };
}

/** The border node is the first; boards that stay off have no place. */
function placeOf(names: readonly string[], name: string): number {
  const at = names.indexOf(name);
  return at < 0 ? borderNumber + 1 + names.length : borderNumber + 1 + at;
}

interface Capture {
  readonly path: string;
  readonly profile: string | undefined;
  close(): void;
}

/** Keeps every frame, and says of each what the network's key shows. */
async function captureOf(surface: Surface, path: string, { offset }: BorderNode, dataset: Dataset): Promise<Capture> {
  const { clock } = surface;
  const networkKeys = [dataset.get('networkKey')].filter((key): key is Secret => key !== undefined);
  const prefix = dataset.get('meshLocalPrefix') ?? fromHex('0000000000000000');
  const keys = { networkKeys, joinerKeys: [], meshLocalPrefix: ip6Prefix(prefix, prefixBits) };
  const file = new CaptureFile(surface, path, `the ether at offset ${offset}`, keys);
  const reader = new AirReader({ core: nativeCore, ...keys });
  const listener = await EtherListener.join({ portOffset: offset }, clock, (heard) => {
    const { detail } = reader.read(heard.psdu, heard.at);
    file.add(heard, clock.wallTime() - (clock.now() - heard.at), detail);
  });
  return {
    path: file.path,
    profile: file.profile,
    close: () => {
      listener.close();
      file.close(reader.shorts);
    },
  };
}
