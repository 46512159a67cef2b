import { bytesEqual } from '@selvage/core';
import type { NewsOf } from '../../../board/news.js';
import type { Asked } from '../../../board/order.js';
import { drawNetworkKey } from '../../../thread/commissioning/datasets/draw-network-key.js';
import { scheduleChange } from '../../../thread/commissioning/datasets/schedule-change.js';
import type { SiteCommissioner } from '../commissioning/site-commissioner.js';
import { type Exchange, type Tally, Traffic } from '../commissioning/traffic.js';
import type { MeshMaking } from '../network/show-network.js';
import { needs, roster } from '../roster.js';
import { deviceOf, type Stage } from '../stage.js';
import { resourceOf } from './kind-resource.js';
import { applicationRead } from './reading.js';

/** From the commissioner's word until the new key is in force, and how long all may take to move and to follow, ms. */
const [delay, patience] = [6000, 180_000] as const;
/** What the requests of each phase are counted under. */
const phases = ['before', 'network key', 'key sequence', 'after'] as const;

/** The network gets another key, and the keys derived from it move on, while requests are under way; none is lost. */
export async function rotationScene(stage: Stage): Promise<void> {
  const { screen, expectations, commissioner, network, surface, owner } = stage;
  const { mesh } = network;
  if (mesh === undefined || commissioner === undefined) return;
  screen.tell({
    event: 'scene',
    title: 'New keys',
    text: `Whoever was in the network and is no longer may have kept its key. The commissioner gives the leader another, which
      is in force for all in ${delay / 1000} s. Then the border node moves on to the next key sequence, from which all derive
      what they secure frames with, and who hears it follows. Meanwhile the owner goes on asking all eight, and the switch
      goes on switching.`,
  });
  const traffic = new Traffic(surface, exchanges(stage));
  await traffic.flowed();
  traffic.nextPhase();
  const hasMoved = await networkKeyChanges(stage, mesh, commissioner);
  traffic.nextPhase();
  const [sequence, hasFollowed] = await keySequenceMoves(stage, mesh);
  await traffic.flowed();
  traffic.nextPhase();
  await traffic.flowed();
  const tallies = await traffic.stop();
  await owner.site.setNetwork(network.known);
  for (const [at, when] of phases.entries()) screen.tell({ event: 'fact', label: when, text: tallyText(tallies[at]) });
  expectations.observe('all eight have moved to the new network key, with the border node', hasMoved);
  expectations.observe(`all eight have followed the border node to key sequence ${sequence}`, hasFollowed);
  expectations.observe(
    'no request was lost while the keys changed: each was answered, before, meanwhile and after',
    tallies.length === phases.length && tallies.every(({ sent, answered }) => sent > 0 && sent === answered),
  );
}

/** A pending dataset with another network key; resolves with whether all have moved to it. */
async function networkKeyChanges(stage: Stage, mesh: MeshMaking, { runner }: SiteCommissioner): Promise<boolean> {
  const former = keyOf(mesh);
  const all = allTell(stage, 'moved');
  const { entropy } = stage.surface;
  const { dataset } = await scheduleChange(runner, delay, () => ({ networkKey: drawNetworkKey(entropy) }));
  const next = dataset.get('networkKey');
  if (next !== undefined) mesh.learn({ networkKeys: [next] });
  return (await all) && !bytesEqual(keyOf(mesh), former);
}

/** The border node uses the next sequence's keys; resolves with that sequence, and with whether all use them. */
async function keySequenceMoves(stage: Stage, { runner }: MeshMaking): Promise<[sequence: number, followed: boolean]> {
  const sequence = runner.node.keys.current.sequence + 1;
  const all = allTell(stage, 'key-sequence', sequence);
  runner.run(({ keys }, now) => keys.moveTo(sequence, now));
  return [sequence, (await all) && runner.node.keys.current.sequence === sequence];
}

/** Resolves with whether all eight have told such news in time, from now on. */
async function allTell({ devices }: Stage, event: 'moved' | 'key-sequence', sequence = 0): Promise<boolean> {
  const before = new Set<unknown>(devices.heard(event));
  const isNew = (news: NewsOf<typeof event>): boolean =>
    !before.has(news) && (news.event === 'moved' || news.sequence === sequence);
  const told = roster.map(({ name }) => devices.hear(event, (news) => news.name === name && isNew(news), patience));
  return (await Promise.allSettled(told)).every(({ status }) => status === 'fulfilled');
}

/** The owner asks all, awake and asleep, near and three hops away; and a switch switches its light. */
function exchanges(stage: Stage): Exchange[] {
  const [{ who, device, path }] = needs;
  const reads = roster.map(({ name, kind }): Exchange => {
    return async () => Object.keys(await applicationRead(stage, name, resourceOf[kind])).length > 0;
  });
  let value = false;
  const switches: Exchange = async () => {
    value = !value;
    const order = {
      do: 'ask',
      device: who,
      to: deviceOf(stage, device),
      method: 'POST',
      path,
      values: { value },
    } as const;
    return (await stage.devices.order<Asked>(order)).code === '2.04';
  };
  return [...reads, switches];
}

function keyOf({ runner }: MeshMaking): Uint8Array {
  return runner.node.dataset.get('networkKey')?.reveal().slice() ?? new Uint8Array(0);
}

function tallyText(tally: Tally | undefined): string {
  const { sent = 0, answered = 0 } = tally ?? {};
  return `${sent} requests, ${answered} answered, ${sent - answered} lost`;
}
