import { SelvageError } from '@selvage/core';
import { anycastLocators, locatorAddress, type NodeRunner } from '@selvage/thread';
import type { Surface } from '../../terminal/surface.js';
import { attached } from '../network/attached.js';
import { pinged } from '../node/pinged.js';
import { type AttachedNode, type NodeOptions, withNode } from '../node/with-node.js';

/** Pings under the new keys, and how long each is waited for, milliseconds. */
const [mostPings, pingPatience] = [4, 1000] as const;

/** What follows from it, and what does not. */
const meaning = [
  'each router takes it from the first neighbour that it hears with it, unless its own guard time is not over',
  'all derive the new keys from the network key that they have: frame counters begin anew, and nobody is locked out',
  'to lock somebody out, give the network another key: thread dataset rotate-key',
] as const;

/**
 * `thread rotate-key`: moves the mesh to its next key sequence, by using it: first as any neighbour, and where the parent's
 * guard time keeps it from following, as one that attaches, which it must believe (Thread 1.3 §7.1.5).
 * @throws SelvageError `timed-out` where the parent does not follow
 */
export function rotateKeyVerb(surface: Surface, dataset: string | undefined, options: NodeOptions): Promise<void> {
  return withNode(surface, dataset, options, async (node) => {
    const { runner, report } = node;
    const before = runner.node.keys.current.sequence;
    const sequence = before + 1;
    runner.run(({ keys }, now) => keys.moveTo(sequence, now));
    const how = await followed(surface, node, sequence, options);
    if (how === undefined) {
      throw new SelvageError('timed-out', `the parent stays at key sequence ${before}`, {
        remedy: 'it may be out of reach by now: try again, or look with thread sniff --keys at what it sends',
      });
    }
    const line = `key sequence ${sequence}: the parent follows${how === 'attached' ? ', though its guard time is not over' : ''}`;
    report.show({ event: 'rotated', data: { before, sequence, how }, lines: [line] });
    if (!options.json) report.tell({ event: 'meaning', data: {}, lines: meaning });
  });
}

/** How the parent came to the sequence; undefined where it did not. */
async function followed(
  surface: Surface,
  { runner }: AttachedNode,
  sequence: number,
  { timeout }: NodeOptions,
): Promise<'heard' | 'attached' | undefined> {
  if (await parentUses(runner, sequence)) return 'heard';
  await attached(surface, runner, { timeout, anew: true });
  return (await parentUses(runner, sequence)) ? 'attached' : undefined;
}

/** Has the parent hear frames under the new keys, and looks under which it answers. */
async function parentUses(runner: NodeRunner, sequence: number): Promise<boolean> {
  const { meshLocalPrefix } = runner.node.status.network;
  const leader = locatorAddress(meshLocalPrefix, anycastLocators.leader);
  for (let turn = 0; turn < mostPings; turn++) {
    await pinged(runner, (node, now) => node.ping(leader, 8, pingPatience, now));
    const { parent, link } = runner.node;
    const heard = parent && link.neighbours.byExtended(parent);
    if (heard !== undefined && heard.keySequence >= sequence) return true;
  }
  return false;
}
