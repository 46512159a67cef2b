/** Commissioning: how long a device takes from its passphrase to the network key, and what that costs each side. */
import { fromHex, SelvageError, systemEntropy, toHex } from '@selvage/core';
import { systemClock, UdpPort } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  BorderAgentRunner,
  CommissionerRunner,
  type Dataset,
  type DiscoveredNetwork,
  ExternalSession,
  generateDataset,
  Joiner,
  JoinerAdmission,
  joinerIdOf,
  joinerPassphrase,
  JoinerTable,
  joinNetwork,
  NativeAccess,
  type NodeRunner,
  openThreadNode,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import type { Figure, Measured } from '../figure.js';
import { etherPortBase as portBase, networkSize, openThreadFolder, OpenThreadNode } from '../peers/open-thread-node.js';

const eui64 = fromHex('18b43000000000f1');
const identity = { joinerId: joinerIdOf(nativeCore, eui64) };
const passphrase = joinerPassphrase('J01NME');
const facts = { vendorName: 'Selvage', vendorModel: 'bench', vendorSoftwareVersion: '1.0' };
const core = nativeCore;
const entropy = systemEntropy;
const allChannels = Array.from({ length: 16 }, (_, index) => 11 + index);
const hour = 3_600_000;

const scan: Figure = {
  name: 'join.scan',
  work: 'joiner start to network key on the UDP ether, all 16 channels, the network on the last',
  unit: 's',
  atMost: 4.9,
  measure: async () => ({ measured: await joins(allChannels, 26, 3, 1000) }),
};

const channel: Figure = {
  name: 'join.channel',
  work: 'the same on a known channel',
  unit: 's',
  atMost: 0.35,
  measure: async () => ({ measured: await joins([15], 15, 15, 1000) }),
};

const channelOfTheirs: Figure = {
  name: 'join.channel.openthread',
  work: "the same by OpenThread's commissioner and joiner router, which waits 50 ms before it entrusts",
  unit: 's',
  atMost: 0.45,
  measure: async () => ({ measured: await joinsOfTheirs(15) }),
};

const joinerCpu: Figure = {
  name: 'join.cpu.joiner',
  work: "a join's computing at the joiner: EC-JPAKE, DTLS, JOIN_FIN, the KEK",
  unit: 'ms',
  atMost: 6,
  measure: () => ({ measured: sideOf('joiner') }),
};

const commissionerCpu: Figure = {
  name: 'join.cpu.commissioner',
  work: 'the same at the commissioner',
  unit: 'ms',
  atMost: 6,
  measure: () => ({ measured: sideOf('commissioner') }),
};

const petition: Figure = {
  name: 'join.petition',
  work: 'an external commissioner: DTLS with the PSKc to active, over loopback',
  unit: 'ms',
  atMost: 20,
  measure: async () => {
    const dataset = datasetOn(15);
    const leader = await leading(dataset);
    const port = await UdpPort.bind();
    const options = { core, entropy, passphrase: () => dataset.get('pskc') };
    const agent = new BorderAgentRunner(options, { runner: leader, clock: systemClock, port });
    const times: number[] = [];
    for (let i = 0; i < 40; i++) times.push(await petitionOnce(dataset, port));
    agent.close();
    await leader.stop();
    return { measured: { value: median(times.slice(10)), n: 30 } };
  },
};

/** What needs OpenThread's node is measured where it is named. */
const withTheirs = openThreadFolder === undefined ? [] : [channelOfTheirs];
export const threadJoin: readonly Figure[] = [scan, channel, ...withTheirs, joinerCpu, commissionerCpu, petition];

function datasetOn(number: number): Dataset {
  return generateDataset({ core, entropy, values: { channel: { page: 0, channel: number } } });
}

async function leading(dataset: Dataset): Promise<NodeRunner> {
  const radio = await UdpEtherRadio.join({ node: 1, portBase, networkSize }, systemClock);
  const home = new LocalKeyHome({ core, entropy });
  const store = new MemoryStore();
  const leader = await openThreadNode({ core, entropy, clock: systemClock, radio, home, store, dataset });
  leader.run((node, now) => node.lead(now));
  return leader;
}

/** Joins one after the other through a leader that commissions. */
async function joins(channels: readonly number[], at: number, n: number, per: number): Promise<Measured> {
  const leader = await leading(datasetOn(at));
  const options = { core, entropy, name: 'bench', isNative: true };
  const runner = new CommissionerRunner(options, systemClock, new NativeAccess(leader));
  const isSteered = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = runner.onEvent(({ kind }) => {
        if (kind !== 'steering') return;
        stop();
        resolve();
      });
    });
  const active = isSteered();
  runner.run((commissioner) => commissioner.petition());
  await active;
  const admitted = isSteered();
  runner.run((commissioner, now) => commissioner.admit({ kind: 'eui64', eui64 }, passphrase, hour, now));
  await admitted;
  const times: number[] = [];
  for (let i = 0; i < n; i++) times.push(await joinOnce(channels));
  runner.stop();
  await leader.stop();
  return { value: median(times) / per, n, note: 'joiner, joiner router and commissioner in one process' };
}

/** Joins one after the other through a leader of OpenThread, in a process of its own. */
async function joinsOfTheirs(n: number): Promise<Measured> {
  const node = new OpenThreadNode('ot-cli-ftd', 1);
  await node.all('dataset init new', 'dataset channel 15', 'dataset commit active', 'ifconfig up', 'thread start');
  await node.run('state leader').catch(() => undefined);
  await node.becomes('leader');
  await node.run('commissioner start');
  while ((await node.value('commissioner state')) !== 'active') await pause(10);
  const times: number[] = [];
  for (let i = 0; i < 2 * n && times.length < n; i++) {
    // It forgets a joiner 20 s after it has joined, and takes no other session for 2 s.
    await node.run(`commissioner joiner add ${toHex(eui64)} J01NME`);
    await pause(2500);
    // An answer that a busy machine brings too late is no join.
    const took = await joinOnce([15]).catch(() => undefined);
    if (took !== undefined) times.push(took);
  }
  await node.stop();
  if (times.length < n) throw new SelvageError('wrong-state', `${times.length} of ${2 * n} joins came to their end`);
  return { value: median(times) / 1000, n, note: 'joiner in this process' };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Milliseconds from a joiner's start until it has the network key. */
async function joinOnce(channels: readonly number[]): Promise<number> {
  const radio = await UdpEtherRadio.join({ node: 9, portBase, networkSize }, systemClock);
  const begun = performance.now();
  await joinNetwork({ core, entropy, clock: systemClock, radio, identity, passphrase, facts, channels });
  // The radio stays on for a goodbye after the key is there.
  return performance.now() - begun - goodbye;
}

/** `joinNetwork` waits so long for its last answer to go out, milliseconds. */
const goodbye = 60;

async function petitionOnce(dataset: Dataset, agent: UdpPort): Promise<number> {
  const pskc = dataset.get('pskc');
  if (pskc === undefined) throw new SelvageError('wrong-state', 'the dataset has no PSKc');
  const port = await UdpPort.bind();
  const begun = performance.now();
  const options = { core, entropy, borderAgent: agent.local, passphrase: pskc };
  const session = await ExternalSession.open(options, systemClock, port);
  const runner = new CommissionerRunner({ core, entropy, name: 'bench', isNative: false }, systemClock, session);
  const active = new Promise<void>((resolve, reject) => {
    runner.onEvent((event) => {
      if (event.kind === 'active') resolve();
      if (event.kind === 'inactive') reject(event.error ?? new SelvageError('wrong-state', 'it resigned'));
    });
  });
  runner.run((commissioner) => commissioner.petition());
  await active;
  const took = performance.now() - begun;
  const closed = new Promise<void>((resolve) => session.onClosed(() => resolve()));
  runner.stop();
  session.close();
  await closed;
  // The leader hears of it a moment later.
  await new Promise((resolve) => setTimeout(resolve, 20));
  return took;
}

/** The time that one side computes in a join, with no network between. */
function sideOf(side: 'joiner' | 'commissioner'): Measured {
  const [warm, n] = [30, 60] as const;
  const times = Array.from({ length: warm + n }, () => joinByHand()[side]).slice(warm);
  return { value: median(times), n };
}

const network: DiscoveredNetwork = {
  name: 'bench',
  extendedPanId: new Uint8Array(8),
  panId: 1,
  channel: 15,
  extended: fromHex('a2a2a2a2a2a2a2a2'),
  version: 5,
  nativeCommissioner: true,
  steeringData: Uint8Array.of(0xff),
  joinerUdpPort: 1000,
  rssi: -20,
};

function joinByHand(): { readonly joiner: number; readonly commissioner: number } {
  const joiners = new JoinerTable(core);
  joiners.add({ kind: 'any' }, passphrase, hour);
  const admission = new JoinerAdmission({ core, entropy, joiners, judge: () => ({ accept: true }) });
  const joiner = new Joiner({ core, entropy, identity, passphrase, facts, channels: [15] });
  const spent = { joiner: 0, commissioner: 0 };
  const measured = <T>(side: keyof typeof spent, work: () => T): T => {
    const begun = performance.now();
    const result = work();
    spent[side] += performance.now() - begun;
    return result;
  };
  const interfaceId = identity.joinerId.slice();
  interfaceId[0] = (interfaceId[0] as number) ^ 2;
  let isAccepted = false;
  let router: Parameters<typeof joiner.handle>[0] | undefined;
  measured('joiner', () => joiner.start());
  for (let isBusy = true; isBusy && !isAccepted; ) {
    isBusy = false;
    for (let out = measured('joiner', () => joiner.poll(0)); out !== undefined; ) {
      isBusy = true;
      if (out.kind === 'discover') {
        measured('joiner', () => {
          joiner.handle({ kind: 'discovered', network }, 0);
          joiner.handle({ kind: 'discovery-over' }, 0);
        });
      }
      if (out.kind === 'transmit') {
        const { payload, to } = out;
        router = { kind: 'datagram', payload, from: to };
        const datagram = { interfaceId, udpPort: 1000, locator: 0, payload };
        measured('commissioner', () => admission.handle({ kind: 'relayed', datagram }, 0));
      }
      if (out.kind === 'expect-entrust' && out.kek !== undefined) isAccepted = true;
      out = measured('joiner', () => joiner.poll(0));
    }
    for (let out = measured('commissioner', () => admission.poll(0)); out !== undefined; ) {
      isBusy = true;
      if (out.kind === 'relay' && router?.kind === 'datagram') {
        const { payload } = out.datagram;
        const { from } = router;
        measured('joiner', () => joiner.handle({ kind: 'datagram', payload, from }, 0));
      }
      out = measured('commissioner', () => admission.poll(0));
    }
  }
  if (!isAccepted) throw new SelvageError('wrong-state', 'the joiner was not accepted');
  return spent;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}
