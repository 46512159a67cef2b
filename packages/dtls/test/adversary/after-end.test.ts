/** What stands in a datagram behind a record that ends the connection. */
import { concat } from '@selvage/core';
import { expect, it } from 'vitest';
import { encodeAlert } from '../../src/protocol/alerts.js';
import { ContentType } from '../../src/protocol/record.js';
import { allSuites, pairOf } from '../support/configurations.js';
import { forgerOf, garbageRecord, leakingCore, type Listened } from './support/forger.js';
import { recordsOf } from './support/wire.js';

it.each(allSuites)('is read by nobody, and harms nobody: %s', (suite) => {
  for (const [level, description] of [
    ['warning', 'close_notify'],
    ['fatal', 'internal_error'],
  ] as const) {
    const listened: Listened = [];
    const pair = pairOf(suite, { client: { core: leakingCore(listened) } }).run(5000);
    const forger = forgerOf(suite, 'client', listened);
    const end = forger.seal(ContentType.alert, 1, encodeAlert(level, description));
    const behind = forger.seal(ContentType.applicationData, 1, Uint8Array.of(7));
    pair.inject('server', concat(end, behind, behind.slice(0, -1), end));
    pair.run(pair.now + 10);
    expect(pair.outcome.server.closed).toBeDefined();
    expect(pair.outcome.server.data).toEqual([]);
  }
});

it('nor behind the guess that ended a handshake, in its datagram or held before its keys', () => {
  const guesses = concat(garbageRecord(1), garbageRecord(2));
  // The client's Finished does not come: what is under the new keys is somebody else's.
  const link = (payload: Uint8Array) => {
    const inTheClear = recordsOf(payload).filter((record) => record[4] === 0);
    return inTheClear.length === 0 ? [] : [{ payload: concat(...inTheClear), delay: 1 }];
  };
  for (const isEarly of [true, false]) {
    const pair = pairOf('TLS_PSK_WITH_AES_128_CCM_8', { server: { guessableKey: true }, pair: { link } });
    if (isEarly) pair.inject('server', guesses, 1);
    pair.run(20);
    if (!isEarly) pair.inject('server', guesses);
    pair.run(pair.now + 100);
    expect({ isEarly, closed: pair.outcome.server.closed }).toMatchObject({
      isEarly,
      closed: { by: 'error', error: { code: 'bad-record' } },
    });
  }
});
