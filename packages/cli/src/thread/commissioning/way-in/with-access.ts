import { SelvageError } from '@selvage/core';
import { UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { ExternalSession, NativeAccess, type NetworkAccess } from '@selvage/thread';
import type { Report } from '../../../ca/report.js';
import type { Surface } from '../../../terminal/surface.js';
import { readDataset } from '../../dataset/input.js';
import { type MeshNode, openMeshNode } from '../../network/mesh-node.js';
import { networkOfSite, type NetworkOf, withNetwork } from '../../network/network-of.js';
import { agentSecret, chosenSecret } from './agent-secret.js';
import { namedAgent } from './find-agent.js';
import type { WayInOptions } from './options.js';

/** A way into a network, for as long as a command works. */
export interface WayIn {
  readonly access: NetworkAccess;
  /** Whether a commissioner speaks to the leader itself. */
  readonly isNative: boolean;
  /** Aborted when there is no way in any more; the reason is the error. */
  readonly gone: AbortSignal;
}

/**
 * Opens a way into the network of the options, and lets `work` use it: a session with a border agent where one is named,
 * or else a node of the network.
 * @throws SelvageError `join-failed` (`wrong-pskc`, `flight-lost` …); of the dataset, the site, the radio or the work
 */
export function withAccess<T>(
  surface: Surface,
  report: Report,
  options: WayInOptions,
  work: (way: WayIn) => Promise<T>,
): Promise<T> {
  const isNamed = options.at !== undefined || options.name !== undefined;
  return isNamed ? byAgent(surface, report, options, work) : asNode(surface, report, options, work);
}

async function byAgent<T>(
  surface: Surface,
  report: Report,
  options: WayInOptions,
  work: (way: WayIn) => Promise<T>,
): Promise<T> {
  const { clock, entropy } = surface;
  const { address, text } = await namedAgent(surface, options);
  const isOwnSecret = chosenSecret(options, surface.env) !== undefined;
  const dataset =
    options.dataset !== undefined
      ? await readDataset(surface, options.dataset)
      : isOwnSecret
        ? undefined
        : (await networkOfSite(surface, options.site))?.dataset;
  const passphrase = await agentSecret(surface, options, { text, dataset });
  const port = await UdpPort.bind({ address: address.family === 6 ? '::' : '0.0.0.0', maximumPayload: 1500 });
  const since = clock.now();
  const session = await ExternalSession.open(
    { core: nativeCore, entropy, borderAgent: address, passphrase },
    clock,
    port,
  ).catch((error: unknown) => {
    port.close();
    throw error;
  });
  const milliseconds = Math.round(clock.now() - since);
  report.tell({
    event: 'session',
    data: { borderAgent: address.key, milliseconds },
    lines: [`in a session with the border agent at ${address.key}, after ${milliseconds} ms`],
  });
  const gone = new AbortController();
  session.onClosed((error) => gone.abort(error ?? new SelvageError('session-closed', 'the session was closed')));
  try {
    return await work({ access: session, isNative: false, gone: gone.signal });
  } finally {
    session.close();
  }
}

/** The site is open for others while the node works. */
async function asNode<T>(
  surface: Surface,
  report: Report,
  options: WayInOptions,
  work: (way: WayIn) => Promise<T>,
): Promise<T> {
  const node = await withNetwork(surface, options.dataset, options, (of) => openTold(surface, report, of, options));
  const gone = new AbortController();
  node.runner.onEvent((event) => {
    if (event.kind === 'failed') gone.abort(new SelvageError('port-failed', event.reason));
  });
  try {
    return await work({ access: new NativeAccess(node.runner), isNative: true, gone: gone.signal });
  } finally {
    await node.close();
  }
}

async function openTold(
  surface: Surface,
  report: Report,
  { network, site }: NetworkOf,
  { patience }: WayInOptions,
): Promise<MeshNode> {
  const node = await openMeshNode(surface, {
    network,
    place: await site?.takePlace(),
    full: true,
    // Nodes that were asked to look around report seconds later, to where they were asked from.
    staysEndDevice: true,
    timeout: patience,
    onRadio: (radio) => report.tell({ event: 'radio', data: { radio }, lines: [`radio: ${radio}`] }),
  });
  const [name, milliseconds] = [network.dataset.name ?? 'the network', Math.round(node.took)];
  const lines = [`attached to ${name} after ${milliseconds} ms, to commission it as one of its nodes`];
  report.tell({ event: 'attached', data: { milliseconds }, lines });
  return node;
}
