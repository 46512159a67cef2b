import { bytesEqual } from '@selvage/core';
import type { DeviceKind } from '@selvage/ocf';
import type { Asked } from '../../../board/order.js';
import { drawNetworkKey } from '../../../thread/commissioning/datasets/draw-network-key.js';
import { scheduleChange } from '../../../thread/commissioning/datasets/schedule-change.js';
import { type Exchange, type Tally, Traffic } from '../commissioning/traffic.js';
import type { MeshMaking } from '../network/show-network.js';
import { needs, roster } from '../roster.js';
import { deviceOf, type Stage } from '../stage.js';
import { resourceOf } from './kind-resource.js';
import { applicationRead } from './reading.js';

/** From the commissioner's word until the new key is in force, and how long is looked on before and after it, ms. */
const [delay, lookOn, patience] = [6000, 1000, 180_000] as const;
/** Whom the owner asks all the time: awake and asleep, near and three hops away. */
const asked = ['hall-light', 'front-door', 'hall-sensor', 'attic-switch'] as const;

/** The network gets another key while requests are under way, and none is lost. */
export async function rotationScene(stage: Stage): Promise<void> {
  const { screen, expectations, commissioner, network, devices, surface, owner } = stage;
  const { mesh } = network;
  if (mesh === undefined || commissioner === undefined) return;
  screen.tell({
    event: 'scene',
    title: 'New keys',
    text: `Whoever was in the network and is no longer may have kept its key. The commissioner gives the leader another, which
      is in force for all in ${delay / 1000} s; meanwhile the owner goes on asking, and the switch goes on switching.`,
  });
  const former = keyOf(mesh);
  const moved = devices.heard('moved').length;
  const traffic = new Traffic(surface, exchanges(stage));
  await passed(stage, lookOn);
  traffic.nextPhase();
  const { runner } = commissioner;
  const { dataset } = await scheduleChange(runner, delay, () => ({ networkKey: drawNetworkKey(surface.entropy) }));
  const next = dataset.get('networkKey');
  if (next !== undefined) mesh.learn({ networkKeys: [next] });
  const all = await Promise.allSettled(
    roster.map(({ name }) =>
      devices.hear('moved', (news) => news.name === name && devices.heard('moved').indexOf(news) >= moved, patience),
    ),
  );
  traffic.nextPhase();
  await passed(stage, lookOn);
  const tallies = await traffic.stop();
  await owner.site.setNetwork(network.known);
  for (const [at, when] of ['before', 'meanwhile', 'after'].entries()) {
    screen.tell({ event: 'fact', label: when, text: tallyText(tallies[at]) });
  }
  expectations.observe(
    'all eight have moved to the new network key, with the border node',
    all.every(({ status }) => status === 'fulfilled') && !bytesEqual(keyOf(mesh), former),
  );
  expectations.observe(
    'no request was lost while the keys changed: each was answered, before, meanwhile and after',
    tallies.length === 3 && tallies.every(({ sent, answered }) => sent > 0 && sent === answered),
  );
}

/** The owner asks some, and a switch switches its light. */
function exchanges(stage: Stage): Exchange[] {
  const [{ who, device, path }] = needs;
  const reads = asked.map((name): Exchange => {
    const kind = roster.find((one) => one.name === name)?.kind as DeviceKind;
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

function passed({ surface: { clock } }: Stage, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + milliseconds, resolve));
}

function tallyText(tally: Tally | undefined): string {
  const { sent = 0, answered = 0 } = tally ?? {};
  return `${sent} requests, ${answered} answered, ${sent - answered} lost`;
}
