import { describe, expect, it } from 'vitest';
import { describeObserved, observeDatagram } from '../../src/index.js';
import { pairOf } from '../support/configurations.js';

const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';

/** Everything that passed in a handshake, record by record. */
function overheard(options: Parameters<typeof pairOf>[1] = {}) {
  const pair = pairOf(suite, options).run(5000);
  expect(pair.bothOpen).toBe(true);
  return pair.sent.flatMap(({ payload }) => observeDatagram(payload));
}

describe('observing a datagram from outside', () => {
  it('names each message of a handshake in the clear, and shows the sealed ones as they are', () => {
    const records = overheard();
    const names = records.flatMap(({ messages }) => messages.map((message) => describeObserved(message).name));
    expect(names).toEqual(['ClientHello', 'ServerHello', 'ServerKeyExchange', 'ServerHelloDone', 'ClientKeyExchange']);
    const sealed = records.filter(({ epoch }) => epoch === 1);
    expect(sealed.map(({ type, messages }) => [type, messages.length])).toEqual([
      ['handshake', 0],
      ['handshake', 0],
    ]);
  });

  it('leaves out messages in fragments, which it keeps no state to join', () => {
    const records = overheard({ client: { maximumDatagram: 128 }, server: { maximumDatagram: 128 } });
    const names = records.flatMap(({ messages }) => messages.map(({ type }) => type));
    expect(names).toEqual(['server_hello_done']);
  });

  it('ends where the bytes stop being records, and never throws', () => {
    const [datagram] = pairOf(suite).run(5000).sent;
    const { payload } = datagram ?? { payload: new Uint8Array(0) };
    expect(observeDatagram(new Uint8Array(0))).toEqual([]);
    expect(observeDatagram(new Uint8Array(200).fill(0xff))).toEqual([]);
    for (let length = 0; length < payload.length; length++) {
      expect(observeDatagram(payload.subarray(0, length))).toEqual([]);
    }
    expect(observeDatagram(Uint8Array.of(...payload, 22, 254, 253))).toHaveLength(1);
  });

  it('stops at a record with a connection ID, whose length only its receiver knows (RFC 9146 §4)', () => {
    const record = Uint8Array.of(25, 254, 253, 0, 1, 0, 0, 0, 0, 0, 0, 7, 7, 0, 1, 0);
    expect(observeDatagram(record)).toEqual([]);
  });
});
