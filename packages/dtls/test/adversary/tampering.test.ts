/**
 * Somebody on the path changes one message of a handshake, once or every time. Every field of every message of every
 * suite in both directions is changed, as the declarations of the wire formats list them; then messages are cut, grown,
 * doubled, delayed, dropped, replayed and put in another's place.
 *
 * Whatever happens, nobody opens a session under keys that the other side does not have. What is changed once costs a
 * retransmission, except what nobody can see before Finished; what is changed always ends in the right alert, or in
 * silence, except what nothing depends on.
 */
import { describe, expect, it } from 'vitest';
import { type Attack, attackName, attacksOf, carryOut } from './support/campaign.js';
import { expectationOf } from './support/expectations.js';
import { scenarios } from './support/scenario.js';

/** Attacks by scenario. A change of a format changes these numbers: say so in the commit. */
const counts: Readonly<Record<string, number>> = {
  TLS_ECJPAKE_WITH_AES_128_CCM_8: 1170,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8: 1406,
  TLS_ECDHE_ECDSA_WITH_AES_128_CCM: 1406,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8: 1406,
  TLS_ECDHE_ECDSA_WITH_AES_256_CCM: 1406,
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 1406,
  TLS_PSK_WITH_AES_128_CCM_8: 850,
  TLS_PSK_WITH_AES_256_CCM_8: 850,
  TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256: 978,
  TLS_ECDH_anon_WITH_AES_128_CBC_SHA256: 962,
  resumption: 624,
  'connection-ids': 1018,
};
const total = 13_482;

/** The slowest recovery: two retransmissions of the client, as a doubt or a lost datagram costs one. */
const slowestRecovery = 4000;

describe('a tampered handshake', () => {
  const carriedOut: Record<string, number> = {};

  it.each(scenarios)('$name holds against every change', (scenario) => {
    const attacks = attacksOf(scenario);
    const wrong = attacks.flatMap(judge);
    expect(wrong).toEqual([]);
    expect(attacks.length).toBe(counts[scenario.name]);
    carriedOut[scenario.name] = attacks.length;
  });

  it('was tampered with in as many ways as the formats have fields', () => {
    const lines = Object.entries(carriedOut).map(([name, count]) => `  ${name}: ${count}`);
    const sum = Object.values(carriedOut).reduce((all, count) => all + count, 0);
    console.log([`tampering: ${sum} attacks`, ...lines].join('\n'));
    expect(sum).toBe(total);
  });
});

/** What is wrong with an attack's outcome, in words; nothing when all is as it must be. */
function judge(attack: Attack): string[] {
  const name = attackName(attack);
  const { completes, alerts } = expectationOf(attack);
  const outcome = carryOut(attack);
  if (outcome.completed) {
    if (completes === 'must-not') return [`${name}: completed`];
    return outcome.after > slowestRecovery ? [`${name}: completed only after ${outcome.after} ms`] : [];
  }
  const said = outcome.alerts.length === 0 ? ['silence'] : outcome.alerts;
  if (completes === 'must') return [`${name}: did not complete (${said.join(', ')})`];
  return said.every((alert) => alerts.includes(alert))
    ? []
    : [`${name}: ${said.join(', ')}, not ${alerts.join(' or ')}`];
}
