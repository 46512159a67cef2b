import type { Clock } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type NodeRunner, openThreadNode } from '@selvage/thread';
import type { Surface } from '../../terminal/surface.js';
import { type OpenRadio, openRadio } from '../radio/open-radio.js';
import { attached } from './attached.js';
import type { KnownNetwork } from './known-network.js';
import type { NodePlace } from './node-place.js';

/** Who a command is on a mesh. */
export interface MeshNodeOptions {
  readonly network: KnownNetwork;
  /** Where it is somebody whom its parent knows again; without one it is a guest that nobody will see again. */
  readonly place?: NodePlace | undefined;
  readonly sleepy?: boolean | undefined;
  /** Whether it is a full device, which becomes a router where the mesh needs one. */
  readonly full?: boolean | undefined;
  /** Whether a full device stays an end device: its address, to which answers go, would be another one as a router. */
  readonly staysEndDevice?: boolean | undefined;
  /** Whether it leads the network from the start, instead of looking for it. */
  readonly forms?: boolean | undefined;
  /** How long attaching may take, s. */
  readonly timeout: number;
  /** Told which radio it speaks by. */
  readonly onRadio?: ((description: string) => void) | undefined;
  /** Told each time that nobody has answered. */
  readonly onSilence?: ((searches: number) => void) | undefined;
}

/** A node of a mesh, for as long as a command works. */
export interface MeshNode {
  readonly runner: NodeRunner;
  /** Which radio it speaks by, for people. */
  readonly radio: string;
  /** Milliseconds from the first frame to its place. */
  readonly took: number;
  /** Leaves the air, once what is to be sent was sent. */
  close(): Promise<void>;
}

/** Seconds after which a parent forgets a node that is not there: a guest, or one that may come back. */
const [guestTimeout, placeTimeout] = [30, 600] as const;
const pollPeriod = 500;
/** How long what is to be sent is waited for, and how often that is looked at, ms. */
const [patience, interval] = [300, 5] as const;

/**
 * Puts a node on a mesh, as child of whoever is its best parent, or as its leader.
 * @throws SelvageError (rejects) `timed-out` that names the step that was not done; of the dataset or the radio
 */
export async function openMeshNode(surface: Surface, options: MeshNodeOptions): Promise<MeshNode> {
  const { network, place, onRadio } = options;
  const opened = await openRadio(network.radio, surface.clock).catch(async (error: unknown) => {
    await place?.release();
    throw error;
  });
  onRadio?.(opened.description);
  try {
    return await onRadioOf(surface, opened, options);
  } catch (error) {
    opened.radio.close();
    await place?.release();
    throw error;
  }
}

async function onRadioOf(surface: Surface, opened: OpenRadio, options: MeshNodeOptions): Promise<MeshNode> {
  const { clock, entropy } = surface;
  const { network, place, sleepy = false, full = false, staysEndDevice = false } = options;
  const timeout = place === undefined ? guestTimeout : placeTimeout;
  const runner = await openThreadNode({
    core: nativeCore,
    entropy,
    clock,
    radio: opened.radio,
    home: new LocalKeyHome({ core: nativeCore, entropy }),
    store: place?.store ?? new MemoryStore(),
    dataset: network.dataset,
    child: { sleepy, full, timeout, pollPeriod },
    router: { eligible: !staysEndDevice },
  });
  const since = clock.now();
  try {
    if (options.forms === true) runner.run((node, now) => node.lead(now));
    else await attached(surface, runner, options);
  } catch (error) {
    await runner.stop();
    throw error;
  }
  return {
    runner,
    radio: opened.description,
    took: clock.now() - since,
    close: async () => {
      await sent(clock, runner);
      if (place === undefined) runner.run((node, now) => node.detach(now));
      await runner.stop();
      await place?.release();
    },
  };
}

/** Resolves when nothing is left to be sent, or after a while. */
async function sent(clock: Clock, { node }: NodeRunner): Promise<void> {
  const deadline = clock.now() + patience;
  while (node.link.backlog > 0 && clock.now() < deadline) {
    await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + interval, resolve));
  }
}
