import { type Secret, SelvageError, toHex } from '@selvage/core';
import { type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  agentServices,
  type AgentText,
  type BorderAgentEvent,
  BorderAgentRunner,
  drawOneTimePasscode,
  mostTries,
  type NodeRunner,
  type OneTimeEnd,
  type ThreadNode,
} from '@selvage/thread';
import { type HostAndPort, resolveAddress } from '../../dtls/address.js';
import { interruption, type Surface } from '../../terminal/surface.js';
import { Report } from '../../ca/report.js';
import { readDataset } from '../dataset/input.js';
import { networkOfSite } from '../network/network-of.js';
import { type AttachedNode, type NodeOptions, withNode } from '../node/with-node.js';
import { openDoor, shareThroughDoor, type Teller } from './agents/door.js';
import { announce, type Announcement } from './dns-sd/announcement.js';
import type { DnsSdPlace } from './dns-sd/place.js';

/** `thread border-agent`, as commander gives it. */
export interface BorderAgentOptions extends NodeOptions {
  readonly listen: HostAndPort;
  readonly mdns: DnsSdPlace;
  readonly name?: string | undefined;
}

/** `thread share`. */
export interface ShareOptions extends BorderAgentOptions {
  /** Seconds. */
  readonly time: number;
  /** As a node of its own, even where a border agent of the network runs here. */
  readonly alone?: boolean;
}

/** A node, and where to tell people of its agent. */
interface AgentPlace {
  readonly runner: NodeRunner;
  readonly report: Teller;
}

const threadVersion = '1.4.0';

/** `thread border-agent`: lets commissioners that know the PSKc into the network, until Ctrl-C. */
export function borderAgentVerb(
  surface: Surface,
  dataset: string | undefined,
  options: BorderAgentOptions,
): Promise<void> {
  return withNode(surface, dataset, { ...options, router: true }, async (attached) => {
    const { node } = attached.runner;
    if (node.dataset.get('pskc') === undefined) {
      throw new SelvageError('invalid-argument', 'the dataset has no PSKc: no commissioner could prove anything', {
        remedy: 'give it one: selvage thread dataset set <dataset> --passphrase-file <file>',
      });
    }
    const secret = { passphrase: () => node.dataset.get('pskc') };
    const agent = await openAgent(surface, attached, options, secret, agentServices.pskc);
    const closeDoor = await openedDoor(surface, attached);
    try {
      await interruption(surface);
    } finally {
      await closeDoor?.();
      await agent.close();
    }
  });
}

/** `thread share` of the same user has its passcode shown by this node, as long as it runs. */
async function openedDoor(surface: Surface, { runner, report }: AttachedNode): ReturnType<typeof openDoor> {
  let isShared = false;
  return openDoor(surface.env, runner.node.dataset, async (wish, teller, gone) => {
    if (isShared) {
      throw new SelvageError('wrong-state', 'a passcode is shown already', {
        remedy: 'use that one, or end the command that shows it',
      });
    }
    isShared = true;
    const lines = [`a passcode is shown to somebody at this host, for ${wish.time} s`];
    report.tell({ event: 'shared', data: { seconds: wish.time }, lines });
    try {
      const both: Teller = {
        show: (telling) => teller.show(telling),
        tell: (telling) => {
          teller.tell(telling);
          // The passcode is for whoever asked.
          report.tell(telling);
        },
      };
      const left = new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
      await share(surface, runner, both, wish, left);
    } finally {
      isShared = false;
    }
  });
}

/**
 * `thread share`: lets one commissioner in by a one-time passcode, and shows that to a person. A border agent of the network
 * that runs on this host does it in its own node; else it is a node for itself.
 */
export async function shareVerb(surface: Surface, dataset: string | undefined, options: ShareOptions): Promise<void> {
  const { time, listen, mdns, name, site, alone } = options;
  const known =
    dataset === undefined ? (await networkOfSite(surface, site))?.dataset : await readDataset(surface, dataset);
  if (known !== undefined && alone !== true) {
    const report = new Report(surface, options.json);
    const wish = { time, listen, mdns, name };
    if (await shareThroughDoor(surface.env, known, wish, report, surface.interrupted)) return;
  }
  const given = dataset === undefined || known === undefined ? dataset : toHex(known.encode());
  // Relayed datagrams of joiners come to the address that it petitions from: it stays what it is for that short time.
  await withNode(surface, given, { ...options, router: true, staysEndDevice: true }, ({ runner, report }) =>
    share(surface, runner, report, options, interruption(surface)),
  );
}

/** Shows a passcode, and lets one in by it. @throws SelvageError where nobody was let in */
async function share(
  surface: Surface,
  runner: NodeRunner,
  report: Teller,
  options: Pick<ShareOptions, 'listen' | 'mdns' | 'name' | 'time'>,
  left: Promise<void>,
): Promise<void> {
  const passcode = drawOneTimePasscode(surface.entropy);
  const { time } = options;
  const secret = { passcode, lifetime: time * 1000 };
  const agent = await openAgent(surface, { runner, report }, options, secret, agentServices.oneTime);
  const digits = new TextDecoder().decode(passcode.reveal()).replace(/^(...)(...)(...)$/, '$1 $2 $3');
  report.show({ event: 'passcode', data: { passcode: digits, seconds: time }, lines: [digits] });
  const lines = [`good for one commissioner, for ${time} s, and until ${mostTries} wrong ones were tried`];
  report.tell({ event: 'good', data: { seconds: time, tries: mostTries }, lines });
  try {
    const why = await Promise.race([agent.over, left]);
    if (why !== undefined) finished(why, agent.hadSession());
  } finally {
    await agent.close();
    passcode.dispose();
  }
}

/** A border agent that is open, and known to the local network. */
interface OpenAgent {
  readonly over: Promise<OneTimeEnd>;
  hadSession(): boolean;
  close(): Promise<void>;
}

type AgentSecret =
  | { readonly passphrase: () => Secret | undefined }
  | { readonly passcode: Secret; readonly lifetime: number };

async function openAgent(
  surface: Surface,
  { runner, report }: AgentPlace,
  options: Pick<BorderAgentOptions, 'listen' | 'mdns' | 'name'>,
  secret: AgentSecret,
  type: string,
): Promise<OpenAgent> {
  const port = await UdpPort.bind({ ...(await localOf(options.listen)), maximumPayload: 1500 });
  const { local } = port;
  const { clock, entropy } = surface;
  const agent = new BorderAgentRunner<UdpAddress>({ core: nativeCore, entropy, ...secret }, { runner, clock, port });
  const announcement = announced(surface, { runner, report }, options, local, type);
  const stop = runner.onEvent(({ kind }) => {
    if (kind === 'role' || kind === 'dataset') announcement.renew();
  });
  let tries = 0;
  let hadSession = false;
  const over = new Promise<OneTimeEnd>((resolve) => {
    agent.onEvent((event) => {
      if (event.kind === 'session' && event.state === 'wrong-passphrase') tries++;
      if (event.kind === 'session' && event.state === 'opened') hadSession = true;
      if (event.kind === 'over') resolve(event.why);
      report.tell(newsOf(event, tries, 'passcode' in secret));
    });
  });
  report.tell({
    event: 'listening',
    data: { address: local.key, service: type },
    lines: [`the border agent listens on ${local.key}`],
  });
  return {
    over,
    hadSession: () => hadSession,
    close: async () => {
      stop();
      agent.close();
      await announcement.close();
    },
  };
}

function announced(
  surface: Surface,
  { runner, report }: AgentPlace,
  { name, mdns }: Pick<BorderAgentOptions, 'name' | 'mdns'>,
  local: UdpAddress,
  type: string,
): Announcement {
  const { node } = runner;
  // A loopback address is nobody else's business.
  const place =
    mdns.interface === undefined && local.address === '127.0.0.1' ? { ...mdns, interface: local.address } : mdns;
  const known = name ?? `Selvage ${node.dataset.name ?? 'border agent'}`;
  // Of a one-time agent nothing is told before somebody has proved the passcode but where it is.
  const text = type === agentServices.oneTime ? (): AgentText => ({}) : () => textOf(node);
  report.tell({ event: 'announced', data: { name: known, type }, lines: [`multicast DNS knows it as ${known}`] });
  return announce(
    { place, type, name: known, port: local.port, address: local.address, text },
    surface.clock,
    (error) =>
      report.tell({
        event: 'not-announced',
        data: { error },
        lines: [`nobody finds it by its name: ${error.message}`],
      }),
  );
}

function textOf(node: ThreadNode): AgentText {
  const { dataset, role, status } = node;
  return {
    networkName: dataset.name,
    extendedPanId: dataset.get('extendedPanId'),
    threadVersion,
    vendorName: 'Selvage',
    modelName: 'border agent',
    extendedAddress: node.link.extended.slice(),
    activeTimestamp: dataset.get('activeTimestamp'),
    partitionId: status.partition?.partitionId,
    state: {
      connectionMode: 'pskc',
      threadInterface: 'active',
      isHighlyAvailable: true,
      isBackboneRouter: false,
      isPrimaryBackboneRouter: false,
      role: role === 'disabled' ? 'detached' : role,
      takesPasscodes: true,
    },
  };
}

function newsOf(event: BorderAgentEvent, tries: number, isOneTime: boolean) {
  switch (event.kind) {
    case 'session': {
      const { state } = event;
      const wrong = isOneTime
        ? `a wrong passcode, ${tries} of ${mostTries}`
        : 'a wrong PSKc: who tries has to wait longer';
      const lines = [state === 'wrong-passphrase' ? wrong : `a commissioner's session was ${state}`];
      return { event: 'session', data: { state, tries }, lines };
    }
    case 'commissioner': {
      const { sessionId } = event;
      const line =
        sessionId === undefined ? 'the commissioner is gone' : `a commissioner is active, session ${sessionId}`;
      return { event: 'commissioner', data: { sessionId }, lines: [line] };
    }
    case 'over':
      return {
        event: 'over',
        data: { why: event.why },
        lines: [`nobody is let in any more: ${event.why.replaceAll('-', ' ')}`],
      };
  }
}

/** @throws SelvageError where nobody was let in */
function finished(why: OneTimeEnd, hadSession: boolean): void {
  if (why === 'too-many-tries') {
    throw new SelvageError('access-refused', `${mostTries} wrong passcodes were tried`, {
      remedy: 'share again, for a passcode that nobody has guessed at; look who is in this network',
    });
  }
  if (why === 'timed-out' && !hadSession) {
    throw new SelvageError('timed-out', 'nobody has come with the passcode in time', { remedy: 'share again' });
  }
}

async function localOf({ host, port }: HostAndPort): Promise<{ readonly address: string; readonly port: number }> {
  const { address } = await resolveAddress({ host, port: port === 0 ? 1 : port });
  return { address, port };
}
