/**
 * Firmware that means harm. It is started as any other, and does what its board's facts order: it tries ways out, and
 * shows what became of each; or it behaves in a way that the board has to end.
 */
import { Channel, connectBoard, type LoaderGift, VaultClient } from '@selvage/hardware';
import { boardWays, type Coveted } from './board-ways.js';
import { fileWays } from './file-ways.js';
import { languageWays } from './language-ways.js';
import { misbehave, type Misconduct } from './misconduct.js';
import { networkWays } from './network-ways.js';
import { processWays } from './process-ways.js';
import { tryWay, type Tried, type Way } from './realm.js';
import type { Targets } from './targets.js';

/** What the firmware of a test is told to do; in JSON, among the board's facts. */
export type Orders =
  | { readonly do: 'escape'; readonly targets: Targets; readonly patience: number }
  | { readonly do: 'ask'; readonly coveted: Coveted }
  | { readonly do: 'misbehave'; readonly how: Misconduct };

/** The peripheral that all is shown at. */
const console = 'console';

export async function start({ stream }: LoaderGift): Promise<void> {
  const channel = new Channel(stream);
  const api = await connectBoard(channel, await VaultClient.connect(channel));
  const orders = JSON.parse((api.facts as ReadonlyMap<string, string>).get('orders') ?? '') as Orders;
  if (orders.do === 'misbehave') {
    api.show(console, `begins: ${orders.how}`);
    setTimeout(() => misbehave(orders.how, { stream, channel, api }), 5);
    return;
  }
  const ways = orders.do === 'escape' ? escapes(orders.targets) : boardWays(api, channel, orders.coveted);
  const patience = orders.do === 'escape' ? orders.patience : 5000;
  for (const way of ways) api.show(console, shown(await tryWay(way, patience)));
  api.show(console, 'done');
}

function escapes(targets: Targets): readonly Way[] {
  return [...fileWays(targets), ...languageWays(targets), ...networkWays(targets), ...processWays(targets)];
}

function shown({ way, open, refused }: Tried): Record<string, string> {
  return { way, ...(open !== undefined && { open }), ...(refused !== undefined && { refused }) };
}
