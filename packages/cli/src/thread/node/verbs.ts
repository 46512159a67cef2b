import { SelvageError, toHex } from '@selvage/core';
import {
  addressText,
  ip6Endpoint,
  ip6Text,
  type NodeEvent,
  parseIp6,
  prefixText,
  shortAddress,
  type ThreadNode,
} from '@selvage/thread';
import { interruption, type Surface } from '../../terminal/surface.js';
import { type Outcome, pinged } from './pinged.js';
import { type NodeOptions, withNode } from './with-node.js';

/** `thread ping`. */
export interface PingOptions extends NodeOptions {
  readonly count: number;
  readonly size: number;
  readonly wait: number;
}

/** `thread udp`. */
export interface UdpOptions extends NodeOptions {
  readonly listen?: number;
  readonly wait: number;
}

const nameWidth = 16;

/** `thread attach`: stays until somebody ends it, and tells what happens. */
export function attachVerb(surface: Surface, dataset: string | undefined, options: NodeOptions): Promise<void> {
  return withNode(surface, dataset, options, async ({ runner, report }) => {
    for (const line of statusLines(runner.node))
      report.show({ event: 'address', data: line.data, lines: options.json ? [] : [line.text] });
    const failed = new AbortController();
    const stop = runner.onEvent((event) => {
      const told = newsOf(event);
      if (told !== undefined) report.tell(told);
      if (event.kind === 'failed') failed.abort(new SelvageError('port-failed', event.reason));
    });
    await Promise.race([interruption(surface), interruption({ ...surface, interrupted: failed.signal })]);
    stop();
    if (failed.signal.aborted) throw failed.signal.reason;
  });
}

/** `thread status`: who the node is in the network, and what the network says of itself. */
export function statusVerb(surface: Surface, dataset: string | undefined, options: NodeOptions): Promise<void> {
  return withNode(surface, dataset, options, async ({ runner, report, took }) => {
    const { node } = runner;
    const facts = statusLines(node);
    const data = {
      role: node.role,
      rloc16: node.rloc16 && addressText(shortAddress(node.rloc16)),
      extended: toHex(node.link.extended),
      parent: node.parent && toHex(node.parent),
      keySequence: node.keys.current.sequence,
      addresses: node.ip.addresses.unicast.map(({ address, kind }) => ({ address: ip6Text(address), kind })),
      prefixes: prefixesOf(node),
      attachMilliseconds: Math.round(took),
      link: node.link.counters,
    };
    report.show({ event: 'status', data, lines: facts.map(({ text }) => text) });
  });
}

/** `thread ping`. @throws SelvageError `timed-out` where nothing was answered */
export function pingVerb(
  surface: Surface,
  dataset: string | undefined,
  address: string,
  options: PingOptions,
): Promise<void> {
  const destination = parseIp6(address);
  return withNode(surface, dataset, options, async ({ runner, report }) => {
    let answers = 0;
    for (let turn = 0; turn < options.count && !surface.interrupted.aborted; turn++) {
      const outcome = await pinged(runner, (node, now) =>
        node.ping(destination, options.size, options.wait * 1000, now),
      );
      if (outcome.kind === 'reply') answers++;
      const { text, data } = outcomeText(outcome, options);
      report.show({ event: 'ping', data, lines: [text] });
    }
    report.tell({
      event: 'pinged',
      data: { sent: options.count, answered: answers },
      lines: [`${answers} of ${options.count} answered`],
    });
    if (answers > 0 || surface.interrupted.aborted) return;
    throw new SelvageError(
      'timed-out',
      `${address} answered none of ${options.count} pings within ${options.wait} s each`,
      {
        remedy: 'check the address (ipaddr on an OpenThread node), and that its node is in the same network',
      },
    );
  });
}

/** `thread udp`: sends one datagram and shows what comes back, or only listens. */
export function udpVerb(
  surface: Surface,
  dataset: string | undefined,
  to: { readonly address: string; readonly port: number; readonly text: string } | undefined,
  options: UdpOptions,
): Promise<void> {
  if (to === undefined && options.listen === undefined) {
    throw new SelvageError('invalid-argument', 'there is nobody to send to and nothing to listen on', {
      remedy: 'give an address, a port and a text, or --listen <port>',
    });
  }
  const endpoint = to && ip6Endpoint(to.address, to.port);
  return withNode(surface, dataset, options, async ({ runner, report }) => {
    const port = runner.node.ip.openPort(options.listen === undefined ? {} : { port: options.listen });
    port.onArrival(({ payload, from }) => {
      const text = new TextDecoder().decode(payload).replaceAll(/\p{C}/gu, '\ufffd');
      report.show({
        event: 'datagram',
        data: { from: from.key, text, hex: toHex(payload) },
        lines: [`${from.key}  ${payload.length} B  ${text}`],
      });
    });
    report.tell({ event: 'open', data: { port: port.port }, lines: [`UDP port ${port.port} is open`] });
    if (endpoint !== undefined && to !== undefined) {
      const payload = new TextEncoder().encode(to.text);
      runner.run(() => port.send(payload, endpoint));
      report.tell({
        event: 'sent',
        data: { to: endpoint.key, bytes: payload.length },
        lines: [`sent ${payload.length} bytes to ${endpoint.key}`],
      });
    }
    await (options.listen === undefined ? waited(surface, options.wait) : interruption(surface));
  });
}

function waited(surface: Surface, seconds: number): Promise<void> {
  const { clock } = surface;
  const over = new Promise<void>((resolve) => void clock.wakeAt(clock.now() + seconds * 1000, resolve));
  return Promise.race([interruption(surface), over]);
}

function outcomeText(outcome: Outcome, { wait }: PingOptions): { readonly text: string; readonly data: object } {
  const { sequence } = outcome;
  switch (outcome.kind) {
    case 'reply': {
      const { source, roundTrip, bytes, hopLimit } = outcome;
      const milliseconds = Math.round(roundTrip * 10) / 10;
      return {
        text: `sequence ${sequence}: ${milliseconds} ms, hop limit ${hopLimit}, from ${ip6Text(source)}`,
        data: { outcome: 'reply', sequence, source: ip6Text(source), bytes, hopLimit, milliseconds },
      };
    }
    case 'lost':
      return { text: `sequence ${sequence}: no answer within ${wait} s`, data: { outcome: 'lost', sequence } };
    case 'unreachable': {
      const { source, code } = outcome;
      return {
        text: `sequence ${sequence}: ${ip6Text(source)} says that it cannot be reached (code ${code})`,
        data: { outcome: 'unreachable', sequence, source: ip6Text(source), code },
      };
    }
  }
}

function statusLines(node: ThreadNode): { readonly text: string; readonly data: object }[] {
  const line = (name: string, text: string, data: object = { [name]: text }) => ({
    text: `${name.padEnd(nameWidth)}${text}`,
    data,
  });
  return [
    line('role', node.role),
    ...(node.rloc16 === undefined ? [] : [line('RLOC16', addressText(shortAddress(node.rloc16)))]),
    ...(node.parent === undefined ? [] : [line('parent', toHex(node.parent))]),
    line('key sequence', `${node.keys.current.sequence}`),
    ...node.ip.addresses.unicast.map(({ address, kind }) =>
      line(kind, ip6Text(address), { address: ip6Text(address), kind }),
    ),
    ...prefixesOf(node).map((prefix) => line('prefix', prefix)),
  ];
}

function prefixesOf(node: ThreadNode): string[] {
  return node.networkData.flatMap((entry) => (entry.type === 'prefix' ? [prefixText(entry.value.prefix)] : []));
}

function newsOf(
  event: NodeEvent,
): { readonly event: string; readonly data: object; readonly lines: string[] } | undefined {
  switch (event.kind) {
    case 'role': {
      const short = event.rloc16 === undefined ? undefined : addressText(shortAddress(event.rloc16));
      return {
        event: 'role',
        data: { role: event.role, rloc16: short },
        lines: [`${event.role}${short === undefined ? '' : ` ${short}`}`],
      };
    }
    case 'detached':
      return {
        event: 'detached',
        data: { reason: event.reason },
        lines: [`lost its parent (${event.reason}); searching`],
      };
    case 'no-parent':
      return { event: 'no-parent', data: { failures: event.failures }, lines: ['no router answers; searching on'] };
    case 'key-sequence':
      return { event: 'key-sequence', data: { sequence: event.sequence }, lines: [`key sequence ${event.sequence}`] };
    case 'dataset':
      return {
        event: 'dataset',
        data: { name: event.name, moved: event.moved },
        lines: [`another dataset is in force: ${event.name}`],
      };
    case 'child': {
      const { extended, rloc16, present } = event;
      const short = addressText(shortAddress(rloc16));
      const text = `child ${short} (${toHex(extended)}) ${present ? 'is here' : 'is gone'}`;
      return { event: 'child', data: { rloc16: short, extended: toHex(extended), present }, lines: [text] };
    }
    case 'network-data':
      return { event: 'network-data', data: {}, lines: ['network data changed'] };
    default:
      return undefined;
  }
}
