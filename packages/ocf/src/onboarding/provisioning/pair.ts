import { type Entropy, type PeerAddress, Secret } from '@selvage/core';
import { credentialTypes, encodings } from '../../security/credential.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { Journal } from '../journal/journal.js';
import { carryOut, type Step } from '../step.js';
import { enterStep } from '../transfer/steps.js';
import type { TaskContext } from './context.js';
import { credentialStep, removePairwise } from './credentials.js';

/** Bytes of a pairwise key. */
const keyLength = 16;

/** Two devices that are given a key, as each is provisioned. */
export type Pair<Address extends PeerAddress> = readonly [TaskContext<Address>, TaskContext<Address>];

/** What a pairing is made with. */
export interface PairingSetting {
  readonly journal: Journal;
  readonly entropy: Entropy;
}

/**
 * Gives two devices a key of their own, which the tool forgets at once. Keys that they shared before are removed, so that
 * one pair has one key. Both records say `pairing` until both devices are back in RFNOP; where it fails, each device that
 * still answers is left without the key.
 */
export async function pairDevices<Address extends PeerAddress>(
  pair: Pair<Address>,
  { journal, entropy }: PairingSetting,
): Promise<void> {
  const [a, b] = [pair[0].record.device, pair[1].record.device];
  await Promise.all([journal.update(a, { pairing: b }), journal.update(b, { pairing: a })]);
  try {
    for (const context of pair) await carryOut(context.session, enterStep('RFPRO'), context);
    await exchangeKeys(pair, entropy);
    for (const context of pair) await carryOut(context.session, enterStep('RFNOP'), context);
  } catch (error) {
    await Promise.allSettled([withdrawKey(pair[0], b, journal), withdrawKey(pair[1], a, journal)]);
    throw error;
  }
  await Promise.all([settle(pair[0], b, journal), settle(pair[1], a, journal)]);
}

/**
 * Ends a pairing that was broken off, on one of its two devices. Where the other's record says that the pairing came to
 * its end, this device has the key and is in RFNOP, and only its record is behind; else it must not keep a key that the
 * other may not have.
 */
export async function endPairing<Address extends PeerAddress>(
  context: TaskContext<Address>,
  journal: Journal,
): Promise<void> {
  const { device, pairing } = context.record;
  if (pairing === undefined) return;
  const other = journal.get(pairing);
  const isSettled = other?.pairing === undefined && other?.peers?.includes(device) === true;
  await (isSettled ? settle(context, pairing, journal) : withdrawKey(context, pairing, journal));
}

async function exchangeKeys<Address extends PeerAddress>([a, b]: Pair<Address>, entropy: Entropy): Promise<void> {
  if (mayHaveKey(a, b.record.device)) await removePairwise(a, b.record.device);
  if (mayHaveKey(b, a.record.device)) await removePairwise(b, a.record.device);
  const key = drawKey(entropy);
  try {
    await carryOut(a.session, keyStep(b.record.device, key), a);
    await carryOut(b.session, keyStep(a.record.device, key), b);
  } finally {
    key.dispose();
  }
}

/** Removes the key for a device that may not have it. */
async function withdrawKey<Address extends PeerAddress>(
  context: TaskContext<Address>,
  peer: Uuid,
  journal: Journal,
): Promise<void> {
  await carryOut(context.session, enterStep('RFPRO'), context);
  await removePairwise({ ...context, again: true }, peer);
  await carryOut(context.session, enterStep('RFNOP'), context);
  const peers = (context.record.peers ?? []).filter((other) => other !== peer);
  await journal.update(context.record.device, { pairing: undefined, peers });
}

async function settle<Address extends PeerAddress>(
  { record }: TaskContext<Address>,
  peer: Uuid,
  journal: Journal,
): Promise<void> {
  const peers = [...(record.peers ?? []).filter((other) => other !== peer), peer];
  await journal.update(record.device, { pairing: undefined, peers });
}

function mayHaveKey<Address extends PeerAddress>({ record, again }: TaskContext<Address>, peer: Uuid): boolean {
  return again || record.peers?.includes(peer) === true;
}

function drawKey(entropy: Entropy): Secret {
  const bytes = new Uint8Array(keyLength);
  entropy.fill(bytes);
  const key = Secret.of(bytes);
  bytes.fill(0);
  return key;
}

function keyStep(peer: Uuid, key: Secret): Step {
  return credentialStep(`give the device a key for ${peer} (cred)`, {
    credtype: credentialTypes.symmetricPairwise,
    subjectuuid: peer,
    privatedata: { data: key.reveal(), encoding: encodings.raw },
  });
}
