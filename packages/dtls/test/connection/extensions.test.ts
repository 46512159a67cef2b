import { describe, expect, it } from 'vitest';
import { MemorySessionCache, type ResumableSession } from '../../src/index.js';
import { recordHeaderLength } from '../../src/protocol/record.js';
import { recordsOf } from '../support/wire-records.js';
import { pairOf } from '../support/configurations.js';

const suite = 'TLS_PSK_WITH_AES_128_CCM_8';
const text = (value: string) => new TextEncoder().encode(value);

describe('extended master secret (RFC 7627)', () => {
  it('is used when both know it', () => {
    expect(pairOf(suite).run(5000).outcome.client.session?.extendedMasterSecret).toBe(true);
  });

  it('is not used when one side does not', () => {
    const pair = pairOf(suite, { client: { extendedMasterSecret: 'off' } }).run(5000);
    expect(pair.outcome.server.session?.extendedMasterSecret).toBe(false);
  });

  it('that is required refuses a peer without it', () => {
    const byServer = pairOf(suite, {
      client: { extendedMasterSecret: 'off' },
      server: { extendedMasterSecret: 'require' },
    }).run(5000);
    expect(byServer.outcome.server.closed).toMatchObject({ error: { code: 'insufficient-security' } });
    const byClient = pairOf(suite, {
      client: { extendedMasterSecret: 'require' },
      server: { extendedMasterSecret: 'off' },
    }).run(5000);
    expect(byClient.outcome.client.closed).toMatchObject({ error: { code: 'insufficient-security' } });
    expect(byClient.bothOpen).toBe(false);
  });
});

describe('encrypt-then-MAC (RFC 7366)', () => {
  const cbc = 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256';

  it('is used for CBC when both know it, and data passes either way', () => {
    for (const encryptThenMac of [true, false]) {
      const pair = pairOf(cbc, { client: { encryptThenMac } }).run(5000);
      expect(pair.outcome.server.session?.encryptThenMac).toBe(encryptThenMac);
      for (let length = 0; length < 70; length++) pair.send('client', new Uint8Array(length).fill(length));
      pair.run(6000);
      expect(pair.outcome.server.data.map((data) => data.length)).toEqual(Array.from({ length: 70 }, (_, i) => i));
    }
  });

  it('is not offered by suites that have no MAC of their own', () => {
    expect(pairOf(suite).run(5000).outcome.server.session?.encryptThenMac).toBe(false);
  });
});

describe('maximum fragment length (RFC 6066 §4)', () => {
  it('limits the plaintext of records of both sides', () => {
    const pair = pairOf('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', {
      client: { maximumFragmentLength: 512 },
      server: { clientAuthentication: 'require' },
    }).run(5000);
    expect(pair.bothOpen).toBe(true);
    expect(pair.connection('server').maximumData).toBe(512);
    expect(pair.connection('client').maximumData).toBe(512);
    expect(() => pair.send('server', new Uint8Array(513))).toThrowError(
      expect.objectContaining({ code: 'payload-too-large' }),
    );
    pair.send('server', new Uint8Array(512));
    expect(pair.run(6000).outcome.client.data[0]).toHaveLength(512);
  });

  it('limits the handshake messages of both sides as well, from ServerHello on', () => {
    const pair = pairOf('TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', {
      client: { maximumFragmentLength: 512 },
      server: { clientAuthentication: 'require' },
    }).run(5000);
    for (const side of ['client', 'server'] as const) {
      const sent = pair.sent.filter(({ from }) => from === side).flatMap(({ payload }) => recordsOf(payload));
      const plaintexts = sent.filter(({ epoch }) => epoch === 0).map(({ fragment }) => fragment.length);
      expect(Math.max(...plaintexts)).toBe(512);
    }
  });
});

describe('connection ID (RFC 9146)', () => {
  const [clientConnectionId, serverConnectionId] = [text('cl'), text('server-7')];

  it('stands in the protected records each way, with the content type inside', () => {
    const pair = pairOf(suite, { clientConnectionId, serverConnectionId }).run(5000);
    expect(pair.bothOpen).toBe(true);
    const before = pair.sent.length;
    pair.send('client', text('to the server'));
    pair.send('server', text('to the client'));
    pair.run(6000);
    expect(pair.outcome.server.data).toEqual([text('to the server')]);
    expect(pair.outcome.client.data).toEqual([text('to the client')]);
    const [toServer, toClient] = pair.sent.slice(before).map(({ payload }) => payload);
    expect(toServer?.[0]).toBe(25);
    expect(toServer?.subarray(recordHeaderLength - 2, recordHeaderLength - 2 + 8)).toEqual(serverConnectionId);
    expect(toClient?.subarray(recordHeaderLength - 2, recordHeaderLength - 2 + 2)).toEqual(clientConnectionId);
  });

  it('may be wanted by one side alone, the other giving an empty one', () => {
    const pair = pairOf(suite, { clientConnectionId: new Uint8Array(0), serverConnectionId }).run(5000);
    const before = pair.sent.length;
    pair.send('client', text('a'));
    pair.send('server', text('b'));
    pair.run(6000);
    expect(pair.outcome.server.data).toEqual([text('a')]);
    expect(pair.outcome.client.data).toEqual([text('b')]);
    expect(pair.sent.slice(before).map(({ payload }) => payload[0])).toEqual([25, 23]);
  });

  it('is not used when one side does not know it', () => {
    const pair = pairOf(suite, { clientConnectionId }).run(5000);
    pair.send('client', text('plain'));
    expect(pair.run(6000).outcome.server.data).toEqual([text('plain')]);
    expect(pair.sent.every(({ payload }) => payload[0] !== 25)).toBe(true);
  });

  it.each(['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256'] as const)(
    'works with %s',
    (other) => {
      for (const encryptThenMac of [true, false]) {
        const pair = pairOf(other, { clientConnectionId, serverConnectionId, client: { encryptThenMac } }).run(5000);
        pair.send('client', text('with an id'));
        expect(pair.run(6000).outcome.server.data).toEqual([text('with an id')]);
      }
    },
  );
});

describe('session resumption (RFC 5246 §7.3)', () => {
  const server = () => ({ sessionCache: new MemorySessionCache() });

  function opened(options: { cache: MemorySessionCache; resume?: ResumableSession; seed: number }) {
    return pairOf('TLS_ECJPAKE_WITH_AES_128_CCM_8', {
      client: { seed: options.seed, ...(options.resume && { resume: options.resume }) },
      server: { seed: options.seed, sessionCache: options.cache },
    }).run(10_000);
  }

  it('opens again without a key exchange, with fresh keys and the same peer', () => {
    const { sessionCache: cache } = server();
    const first = opened({ cache, seed: 1 });
    const resume = first.connection('client').resumableSession();
    if (resume === undefined) throw new TypeError('nothing to resume');
    const second = opened({ cache, resume, seed: 2 });
    expect(second.bothOpen).toBe(true);
    expect(second.outcome.client.session).toMatchObject({ resumed: true, peer: { kind: 'passphrase' } });
    expect(second.outcome.server.session).toMatchObject({ resumed: true, peer: { kind: 'passphrase' } });
    expect(second.connection('client').keyBlock()).toEqual(second.connection('server').keyBlock());
    expect(second.connection('client').keyBlock()).not.toEqual(first.connection('client').keyBlock());
    second.send('client', text('again'));
    second.send('server', text('welcome back'));
    second.run(11_000);
    expect(second.outcome.server.data).toEqual([text('again')]);
    expect(second.outcome.client.data).toEqual([text('welcome back')]);
  });

  it('falls back to a full handshake when the server does not know the session any more', () => {
    const first = opened({ cache: new MemorySessionCache(), seed: 1 });
    const resume = first.connection('client').resumableSession();
    const second = opened({ cache: new MemorySessionCache(), ...(resume && { resume }), seed: 2 });
    expect(second.bothOpen).toBe(true);
    expect(second.outcome.client.session?.resumed).toBe(false);
  });

  it('is refused by the client under another suite than the session had', () => {
    const suites = ['TLS_PSK_WITH_AES_128_CCM_8', 'TLS_PSK_WITH_AES_256_CCM_8'] as const;
    const open = (cache: MemorySessionCache, resume?: ResumableSession) =>
      pairOf(suites[0], {
        client: { suites, seed: resume === undefined ? 1 : 2, ...(resume && { resume }) },
        server: { suites, seed: 1, sessionCache: cache },
      }).run(10_000);
    const first = open(new MemorySessionCache());
    const resume = first.connection('client').resumableSession();
    if (resume === undefined) throw new TypeError('nothing to resume');
    const same = new MemorySessionCache();
    same.put(resume, 0);
    expect(open(same, resume).outcome.client.session).toMatchObject({ resumed: true });
    const changed = new MemorySessionCache();
    changed.put({ ...resume, masterSecret: resume.masterSecret.slice(), suiteId: 0xc0a9 }, 0);
    const { client } = open(changed, resume).outcome;
    expect([client.session, client.closed]).toMatchObject([undefined, { error: { code: 'illegal-parameter' } }]);
  });

  it('is not possible where the server keeps no sessions', () => {
    expect(pairOf(suite).run(5000).connection('client').resumableSession()).toBeUndefined();
  });

  it('forgets sessions after their lifetime and beyond its capacity', () => {
    const cache = new MemorySessionCache({ capacity: 2, lifetime: 1000 });
    const session = (id: number): ResumableSession => ({
      sessionId: Uint8Array.of(id),
      suiteId: 0xc0ff,
      masterSecret: new Uint8Array(48).fill(id),
      extendedMasterSecret: true,
      peer: { kind: 'passphrase' },
    });
    for (const id of [1, 2, 3]) cache.put(session(id), 0);
    expect(cache.size).toBe(2);
    expect(cache.get(Uint8Array.of(1), 0)).toBeUndefined();
    expect(cache.get(Uint8Array.of(3), 999)?.masterSecret[0]).toBe(3);
    expect(cache.get(Uint8Array.of(3), 1000)).toBeUndefined();
  });
});
