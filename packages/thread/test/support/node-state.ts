import { toHex } from '@selvage/core';
import type { MeshNode } from './mesh-world.js';

/** All that a peer could have changed in a node, but counters, as text. */
export function stateOf({ runner }: MeshNode): string {
  const { node } = runner;
  const neighbours = [...node.link.neighbours].map(
    ({ extended, short, keySequence, nextFrameCounter }) =>
      `${toHex(extended)} ${String(short)} ${keySequence}.${nextFrameCounter}`,
  );
  const parts = {
    role: node.role,
    rloc16: node.rloc16,
    keySequence: node.keys.current.sequence,
    panId: node.link.panId,
    channel: node.link.channel,
    machine: node.machineState,
    mle: node.mleState,
    neighbours,
    networkData: node.networkData,
    addresses: node.ip.addresses.unicast.map(({ address }) => toHex(address)),
    timestamps: [node.dataset.get('activeTimestamp'), node.pendingDataset?.get('pendingTimestamp')],
    unfinished: node.adaptation.load,
  };
  return JSON.stringify(parts, (_key, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
}

/** How many frames, packets and messages a node has dropped. */
export function dropsOf({ runner }: MeshNode): number {
  const { link, adaptation, ip, traffic, mle } = runner.node;
  const { malformed, filtered, stranger, unacceptable, forged, replayed, duplicate } = link.counters;
  const atLink = malformed + filtered + stranger + unacceptable + forged + replayed + duplicate;
  const lowpan = adaptation.counters;
  const atLowpan =
    lowpan.malformed + lowpan.unknown + lowpan.repeated + lowpan.contradicted + lowpan.relayed + lowpan.evicted;
  const upper = ip.counters;
  const atIp = upper.malformed + upper.notOurs + upper.wrongChecksum + upper.unsupported + upper.noPort;
  const atMle = mle.counters.malformed + mle.counters.forged + mle.counters.replayed + mle.counters.unknownSequence;
  const { unprotected, unroutable, repeated } = traffic.counters;
  return atLink + atLowpan + atIp + atMle + unprotected + unroutable + repeated;
}

/** What of a node's state lasts: not when it was heard of whom, nor with which counter. */
export function lastingStateOf({ runner }: MeshNode): string {
  const { node } = runner;
  const parts = {
    role: node.role,
    rloc16: node.rloc16,
    keySequence: node.keys.current.sequence,
    panId: node.link.panId,
    channel: node.link.channel,
    parent: node.parent,
    neighbours: [...node.link.neighbours].map(({ extended, short, keySequence }) => [extended, short, keySequence]),
    networkData: node.networkData,
    addresses: node.ip.addresses.unicast.map(({ address }) => address),
    unfinished: node.adaptation.load,
  };
  return JSON.stringify(parts, (_key, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
}
