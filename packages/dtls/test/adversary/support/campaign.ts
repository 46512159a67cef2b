import { alertFor, bytesEqual, concat, SelvageError } from '@selvage/core';
import type { DuelLink, Told } from '../../support/duel.js';
import { type Change, changesOf, type NamedChange, type Sample } from './changes.js';
import { type Fight, fight, type Scenario } from './scenario.js';
import { nameOf, recordsOf } from './wire.js';

export type Mode = 'once' | 'always';

/** One attack on one message of one scenario. */
export interface Attack extends NamedChange {
  readonly scenario: Scenario;
  readonly sample: Sample;
  readonly mode: Mode;
}

/** How an attack ended. */
export interface Outcome {
  readonly completed: boolean;
  /** The alerts that the sides sent for what they found wrong; none when all they could do was to wait in vain. */
  readonly alerts: readonly string[];
  /** Virtual ms until both sides were open, or until neither waited any more. */
  readonly after: number;
}

/** The messages of an unharmed handshake in their order. */
export function samplesOf(scenario: Scenario): Sample[] {
  const samples: Sample[] = [];
  const { duel } = fight(scenario, (payload, from) => {
    for (const record of recordsOf(payload)) samples.push({ name: nameOf(record), from, record });
    return [{ payload, delay: 1 }];
  });
  duel.run(5000, () => duel.bothOpen);
  if (!duel.bothOpen) throw new SelvageError('internal', `${scenario.name} does not complete unharmed`);
  return samples;
}

export function attacksOf(scenario: Scenario): Attack[] {
  const samples = samplesOf(scenario);
  return samples.flatMap((sample) =>
    changesOf(sample, samples, scenario).flatMap((change) =>
      (['once', 'always'] as const).map((mode): Attack => ({ ...change, scenario, sample, mode })),
    ),
  );
}

export function attackName({ scenario, sample, kind, what, mode }: Attack): string {
  return `${scenario.name}: ${sample.from} ${sample.name}: ${kind} ${what}, ${mode}`;
}

/** Carries an attack out and checks what must hold whatever it is. */
export function carryOut(attack: Attack): Outcome {
  const { link, stop } = tamperingLink(attack);
  const state = fight(attack.scenario, link);
  const { duel } = state;
  duel.run(60_000, () => duel.bothOpen);
  const after = duel.now;
  const completed = duel.bothOpen;
  stop();
  checkKeys(attack, state);
  if (completed) checkTraffic(attack, state);
  return { completed, alerts: [...new Set([duel.clientTold, ...duel.serverTold].flatMap(alertOf))], after };
}

/** The alert for what a side found wrong itself; the peer's alert and a time-out are no finding of its own. */
function alertOf({ closed }: Told): string[] {
  if (closed?.by !== 'error') return [];
  const { code } = closed.error;
  return code === 'peer-alert' || code === 'handshake-timeout' ? [] : [alertFor(closed.error)];
}

/** Whoever opened a session did so under a master secret that the other side came to as well. */
function checkKeys(attack: Attack, { duel, masterSecrets }: Fight): void {
  const server = duel.serverTold.find((told) => told.session !== undefined);
  const { clientTold } = duel;
  // The last word of a handshake has no answer: whoever says it is open before the other side is.
  if (attack.scenario.resumes) return;
  if (clientTold.session !== undefined && server === undefined) fail(attack, 'only the client opened a session');
  const last = masterSecrets.server.at(-1);
  if (server !== undefined && !masterSecrets.client.some((secret) => last !== undefined && bytesEqual(secret, last))) {
    fail(attack, 'the server opened a session under keys that the client does not have');
  }
  const [ours, theirs] = [clientTold.keyBlock, server?.keyBlock];
  if (clientTold.session !== undefined && (ours === undefined || theirs === undefined || !bytesEqual(ours, theirs))) {
    fail(attack, 'both sides are open under different keys');
  }
}

/** An open session carries data both ways. */
function checkTraffic(attack: Attack, { duel }: Fight): void {
  const server = duel.serverOpen;
  if (server === undefined) return fail(attack, 'the server is not open');
  duel.client.handle({ kind: 'send', data: Uint8Array.of(1) }, duel.now);
  duel.endpoint.handle({ kind: 'peer', peer: server.peer, input: { kind: 'send', data: Uint8Array.of(2) } }, duel.now);
  duel.run(duel.now + 10);
  const [toServer, toClient] = [concat(...server.data), concat(...duel.clientTold.data)];
  if (!bytesEqual(toServer, Uint8Array.of(1)) || !bytesEqual(toClient, Uint8Array.of(2))) {
    fail(attack, 'an open session does not carry data');
  }
}

function fail(attack: Attack, what: string): never {
  throw new SelvageError('internal', `${attackName(attack)}: ${what}`);
}

/** A link on which one message is changed, the first time or every time it passes. */
export function tamperingLink(attack: {
  readonly sample: Pick<Sample, 'from' | 'name'>;
  readonly mode: Mode;
  readonly change: Change;
}): { readonly link: DuelLink; readonly stop: () => void } {
  const { sample, mode, change } = attack;
  const earlier: Uint8Array[] = [];
  let count = 0;
  let stopped = false;
  const link: DuelLink = (payload, from) => {
    if (stopped || from !== sample.from) return [{ payload, delay: 1 }];
    const records: Uint8Array[] = [];
    const later: Uint8Array[] = [];
    const ahead: Uint8Array[] = [];
    for (const record of recordsOf(payload)) {
      const isTarget = nameOf(record) === sample.name;
      if (isTarget && (mode === 'always' || count === 0)) {
        count++;
        const replacement = change(record, earlier);
        records.push(...replacement.records);
        later.push(...(replacement.later ?? []));
        ahead.push(...(replacement.ahead ?? []));
      } else {
        records.push(record);
      }
      if (count === 0) earlier.push(record);
    }
    const inTime = records.length > 0 ? [{ payload: concat(...records), delay: 1 }] : [];
    return [
      ...ahead.map((record) => ({ payload: record, delay: 1 })),
      ...inTime,
      ...later.map((record) => ({ payload: record, delay: 4 })),
    ];
  };
  return { link, stop: () => (stopped = true) };
}
