import { SelvageError } from '@selvage/core';
import {
  type BorderCounters,
  type BorderOffer,
  hasPrefix,
  type Ip6Prefix,
  ip6Text,
  MeshBorder,
  prefixText,
} from '@selvage/thread';
import { applyHostSettings, TunInterface } from '@selvage/thread/node';
import { interruption, type Surface } from '../../terminal/surface.js';
import type { AttachedNode } from '../node/with-node.js';
import { withNode } from '../node/with-node.js';
import type { BorderOptions } from './options.js';

/** `thread border`: joins a mesh to the host's IPv6 until somebody ends it. */
export function borderVerb(surface: Surface, dataset: string | undefined, options: BorderOptions): Promise<void> {
  const hostAddress = options.hostAddress ?? firstOf(options.prefix);
  if (!hasPrefix(hostAddress, options.prefix)) {
    throw new SelvageError('invalid-argument', `${ip6Text(hostAddress)} is not in ${prefixText(options.prefix)}`, {
      remedy: 'the mesh finds the host by an address of the prefix: give one of it, or none for the first',
    });
  }
  return withInterface(surface, dataset, options, hostAddress);
}

/** The interface first: without the right to open one there is nothing to join. */
async function withInterface(
  surface: Surface,
  dataset: string | undefined,
  options: BorderOptions,
  hostAddress: Uint8Array,
): Promise<void> {
  const gone = new AbortController();
  const tun = await opened(() =>
    TunInterface.open({ name: options.tun, onClosed: (reason: SelvageError) => gone.abort(reason) }),
  );
  try {
    const settings = { name: tun.name, addresses: [hostAddress], routes: [options.prefix] };
    await opened(() => applyHostSettings(settings));
    await withNode(surface, dataset, { ...options, router: true }, async (node) => {
      await joined(surface, node, { tun, options, hostAddress, gone: gone.signal });
    });
  } finally {
    tun.close();
  }
}

interface Joining {
  readonly tun: TunInterface;
  readonly options: BorderOptions;
  readonly hostAddress: Uint8Array;
  readonly gone: AbortSignal;
}

async function joined(surface: Surface, { runner, report }: AttachedNode, joining: Joining): Promise<void> {
  const { tun, options, hostAddress, gone } = joining;
  const { prefix, route: routes = [], defaultRoute, preference } = options;
  const offer: BorderOffer = { prefix, defaultRoute, routes, preference };
  const border = new MeshBorder({ runner, host: tun, offer, hostAddresses: [hostAddress] });
  const failed = new AbortController();
  let told = false;
  const stop = runner.onEvent((event) => {
    if (event.kind === 'failed') failed.abort(new SelvageError('port-failed', event.reason));
    if (event.kind === 'network-data' && border.isOffered && !told) tellOffered();
  });
  report.tell({
    event: 'interface',
    data: { name: tun.name, address: ip6Text(hostAddress), route: prefixText(prefix) },
    lines: [`interface ${tun.name}: this host is ${ip6Text(hostAddress)}, and ${prefixText(prefix)} lies behind it`],
  });
  if (border.isOffered) tellOffered();
  const ends = [surface.interrupted, gone, failed.signal];
  await Promise.race(ends.map((interrupted) => interruption({ ...surface, interrupted })));
  stop();
  border.stop();
  const { counters } = border;
  report.show({ event: 'border', data: counters, lines: options.json ? [] : counterLines(counters) });
  for (const { aborted, reason } of [gone, failed.signal]) if (aborted) throw reason;

  function tellOffered(): void {
    told = true;
    const own = runner.node.ip.addresses.unicast.find(({ address }) => hasPrefix(address, prefix));
    const flags = `pa${defaultRoute ? 'r' : ''}os`;
    report.tell({
      event: 'offered',
      data: { prefix: prefixText(prefix), flags, address: own && ip6Text(own.address) },
      lines: [
        `the mesh has the prefix ${prefixText(prefix)} (${flags}): its nodes make themselves addresses of it`,
        ...(own === undefined ? [] : [`try: ping ${ip6Text(own.address)}, which is this border router itself`]),
      ],
    });
  }
}

/** What did not pass, by why. */
const refusals: Readonly<Record<string, string>> = {
  malformed: 'no IPv6 packet',
  scope: 'link-local or to a group',
  spoofed: 'a source that is on the other side',
  meshLocal: 'mesh-local',
  management: 'to the ports of MLE and TMF',
  noRoute: 'no way but back',
  hopLimit: 'hops used up',
  tooBig: 'more than 1,280 bytes',
  overrun: 'too many at once',
};

function counterLines(counters: Readonly<BorderCounters>): string[] {
  const { toMesh, toHost, errors } = counters;
  const refused = Object.entries(refusals).flatMap(([name, why]) => {
    const amount = counters[name as keyof BorderCounters];
    return amount === 0 ? [] : [`  ${amount} not passed: ${why}`];
  });
  return [`${toMesh} packets into the mesh, ${toHost} out of it, ${errors} errors told`, ...refused];
}

function firstOf({ address }: Ip6Prefix): Uint8Array {
  const first = Uint8Array.from(address);
  first[first.length - 1] = 1;
  return first;
}

/** Says what to type where a right is missing. */
async function opened<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code !== 'access-denied') throw error;
    throw new SelvageError('access-denied', `an interface of the host is root’s to open: ${error.message}`, {
      cause: error,
      fault: 'caller',
      remedy:
        'type sudo env "PATH=$PATH" and then the same line: opening the interface, its address and its route need it',
    });
  }
}
