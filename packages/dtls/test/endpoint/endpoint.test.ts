import { fromHex, type Instant, type PeerAddress } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { DtlsEndpoint, type DtlsPeer, type DtlsOutput, type EndpointOptions } from '../../src/index.js';
import { CookieJar } from '../../src/endpoint/cookie-jar.js';
import { configuration, entropyOf } from '../support/configurations.js';

const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';
const serverAt: PeerAddress = { key: 'server' };
const text = (value: string) => new TextEncoder().encode(value);

/** Clients and one server, each an endpoint, with datagrams carried by hand. */
class Network {
  readonly server: DtlsEndpoint<PeerAddress>;
  readonly events: { at: string; peer: DtlsPeer; output: DtlsOutput }[] = [];
  readonly clients = new Map<string, DtlsEndpoint<PeerAddress>>();
  readonly sent: { from: string; to: string; payload: Uint8Array }[] = [];
  now: Instant = 0;

  constructor(options: Partial<EndpointOptions> = {}) {
    this.server = new DtlsEndpoint({ server: configuration('server', [suite]), ...options });
  }

  connect(name: string, options: Partial<EndpointOptions> = {}, seed = 1): DtlsPeer {
    const endpoint = this.clients.get(name) ?? new DtlsEndpoint<PeerAddress>(options);
    this.clients.set(name, endpoint);
    return endpoint.connect(serverAt, configuration('client', [suite], { seed }), this.now);
  }

  run(): this {
    while (this.#carry('server', this.server) || [...this.clients].some(([name, end]) => this.#carry(name, end)));
    return this;
  }

  data(at: string): string[] {
    const isData = ({ at: where, output }: (typeof this.events)[number]) => where === at && output.kind === 'data';
    return this.events
      .filter(isData)
      .map(({ output }) => (output.kind === 'data' ? new TextDecoder().decode(output.data) : ''));
  }

  #carry(name: string, endpoint: DtlsEndpoint<PeerAddress>): boolean {
    const output = endpoint.poll(this.now);
    if (output === undefined) return false;
    if (output.kind === 'peer') this.events.push({ at: name, peer: output.peer, output: output.output });
    else this.deliver(name, output.to.key, output.payload);
    return true;
  }

  deliver(from: string, to: string, payload: Uint8Array): void {
    this.sent.push({ from, to, payload });
    const target = to === 'server' ? this.server : this.clients.get(to);
    target?.handle({ kind: 'datagram', payload, from: { key: from } }, this.now);
  }
}

describe('an endpoint', () => {
  it('asks every client for a cookie and keeps nothing of it until then', () => {
    const network = new Network();
    network.connect('alice');
    const hello = network.clients.get('alice')?.poll(0);
    if (hello?.kind !== 'transmit') throw new TypeError('no ClientHello');
    network.deliver('alice', 'server', hello.payload);
    expect(network.server.handshakeCount).toBe(0);
    const answer = network.server.poll(0);
    expect(answer?.kind).toBe('transmit');
    expect(answer?.kind === 'transmit' && answer.payload.length).toBeLessThan(hello.payload.length);
    expect(network.server.counters.cookiesSent).toBe(1);
    expect(network.server.deadline).toBeUndefined();
  });

  it('asks for no cookie where it is told not to, and takes what comes again for what it is', () => {
    const network = new Network({ needsCookie: ({ key }) => key !== 'alice' });
    network.connect('alice');
    network.connect('bob', {}, 2);
    const hello = network.clients.get('alice')?.poll(0);
    if (hello?.kind !== 'transmit') throw new TypeError('no ClientHello');
    network.deliver('alice', 'server', hello.payload);
    network.deliver('alice', 'server', hello.payload);
    expect(network.server.handshakeCount).toBe(1);
    network.run();
    expect(network.server.counters.cookiesSent).toBe(1);
    expect(network.server.sessionCount).toBe(2);
    network.deliver('alice', 'server', hello.payload);
    expect(network.run().server.sessionCount).toBe(2);
    expect([network.server.handshakeCount, network.server.counters.cookiesSent]).toEqual([0, 1]);
  });

  it('begins anew with a client that was asked for a cookie, and whose first ClientHello came again when none was needed', () => {
    let isBusy = true;
    const network = new Network({ needsCookie: () => isBusy });
    network.connect('alice');
    const hello = network.clients.get('alice')?.poll(0);
    if (hello?.kind !== 'transmit') throw new TypeError('no ClientHello');
    network.deliver('alice', 'server', hello.payload);
    const request = network.server.poll(0);
    isBusy = false;
    network.deliver('alice', 'server', hello.payload);
    expect(network.server.handshakeCount).toBe(1);
    if (request?.kind !== 'transmit') throw new TypeError('no HelloVerifyRequest');
    network.deliver('server', 'alice', request.payload);
    network.run();
    expect(network.server.handshakeCount).toBe(0);
    expect(network.server.sessionCount).toBe(1);
  });

  it('serves many clients at once, each its own session', () => {
    const network = new Network();
    const names = Array.from({ length: 20 }, (_, index) => `client ${index}`);
    const peers = names.map((name, index) => network.connect(name, {}, index + 1));
    network.run();
    expect(network.server.sessionCount).toBe(20);
    expect(network.server.handshakeCount).toBe(0);
    for (const [index, name] of names.entries()) {
      const peer = peers[index] as DtlsPeer;
      network.clients.get(name)?.handle({ kind: 'peer', peer, input: { kind: 'send', data: text(name) } }, 0);
    }
    network.run();
    expect(network.data('server').sort()).toEqual([...names].sort());
  });

  it('keeps a session alive while its address begins another, and ends it when that one has completed', () => {
    const network = new Network();
    const first = network.connect('alice', {}, 1);
    network.run();
    const before = network.events.length;
    network.connect('alice', {}, 2);
    const alice = network.clients.get('alice');
    for (const step of [1, 2, 3]) {
      expect(network.server.sessionCount, `before datagram ${step}`).toBe(1);
      const output = alice?.poll(0);
      if (output?.kind === 'transmit') network.deliver('alice', 'server', output.payload);
      const answer = network.server.poll(0);
      if (answer?.kind === 'transmit') network.deliver('server', 'alice', answer.payload);
    }
    network.run();
    expect(network.server.sessionCount).toBe(1);
    const closed = network.events.slice(before).filter(({ at, output }) => at === 'server' && output.kind === 'closed');
    expect(closed).toHaveLength(1);
    expect(first.connection.isClosed).toBe(true);
  });

  it('ignores clients beyond its number of sessions', () => {
    const network = new Network({ maximumSessions: 2 });
    for (const name of ['a', 'b', 'c']) {
      network.connect(name, {}, name.charCodeAt(0));
      network.run();
    }
    expect(network.server.sessionCount).toBe(2);
    expect(network.server.counters.refused).toBeGreaterThan(0);
  });

  it('gives up the handshake that has waited longest for a newer one beyond its number of handshakes', () => {
    const network = new Network({ maximumHandshakes: 3 });
    for (let index = 0; index < 5; index++) {
      network.connect(`client ${index}`, {}, index + 1);
      // Up to the second ClientHello: the handshake stays half open.
      const client = network.clients.get(`client ${index}`);
      for (let step = 0; step < 2; step++) {
        const hello = client?.poll(0);
        if (hello?.kind === 'transmit') network.deliver(`client ${index}`, 'server', hello.payload);
        if (step === 1) break;
        const answer = network.server.poll(0);
        if (answer?.kind === 'transmit') network.deliver('server', `client ${index}`, answer.payload);
      }
      while (network.server.poll(0));
    }
    expect(network.server.handshakeCount).toBe(3);
    expect(network.server.counters.evicted).toBe(2);
  });

  it('keeps its deadlines in a heap and drops handshakes that never go on', () => {
    const network = new Network();
    network.connect('silent');
    const hello = network.clients.get('silent')?.poll(0);
    if (hello?.kind === 'transmit') network.deliver('silent', 'server', hello.payload);
    const cookie = network.server.poll(0);
    if (cookie?.kind === 'transmit') network.deliver('server', 'silent', cookie.payload);
    const again = network.clients.get('silent')?.poll(0);
    if (again?.kind === 'transmit') network.deliver('silent', 'server', again.payload);
    expect(network.server.handshakeCount).toBe(1);
    for (let now = 0; now <= 130_000; now += 500) while (network.server.poll(now));
    expect(network.server.handshakeCount).toBe(0);
    expect(network.server.deadline).toBeUndefined();
  });

  it('counts what belongs to nobody', () => {
    const network = new Network();
    network.deliver('stranger', 'server', fromHex('17fefd000100000000000100040a0b0c0d'));
    network.deliver('stranger', 'server', fromHex('19fefd0001000000000001ffff00040a0b0c0d'));
    network.deliver('stranger', 'server', new Uint8Array(0));
    expect(network.server.counters.stray).toBe(3);
  });
});

describe('connection IDs at an endpoint (RFC 9146 §6)', () => {
  function connected() {
    const network = new Network({ connectionIdLength: 6 });
    const peer = network.connect('home', { connectionIdLength: 6 });
    network.run();
    const send = (data: string, from: string) => {
      const client = network.clients.get('home');
      client?.handle({ kind: 'peer', peer, input: { kind: 'send', data: text(data) } }, 0);
      const output = client?.poll(0);
      if (output?.kind !== 'transmit') throw new TypeError('nothing sent');
      network.deliver(from, 'server', output.payload);
      while (network.server.poll(0));
      return output.payload;
    };
    const serverPeer = network.events.find(({ at, output }) => at === 'server' && output.kind === 'connected')?.peer;
    return { network, send, serverPeer: serverPeer as DtlsPeer };
  }

  it('let a session follow its peer to a new address', () => {
    const { send, serverPeer } = connected();
    send('first', 'home');
    expect(serverPeer.address.key).toBe('home');
    send('second', 'away');
    expect(serverPeer.address.key).toBe('away');
  });

  it('do not follow a record that was repeated or is older than the newest', () => {
    const { network, send, serverPeer } = connected();
    const first = send('first', 'home');
    send('second', 'home');
    network.deliver('attacker', 'server', first);
    expect(serverPeer.address.key).toBe('home');
  });

  it('do not follow a record that is not authentic', () => {
    const { network, send, serverPeer } = connected();
    const forged = send('first', 'home').slice();
    forged[10] = 0xff;
    forged[forged.length - 1] = (forged[forged.length - 1] ?? 0) ^ 1;
    network.deliver('attacker', 'server', forged);
    expect(serverPeer.address.key).toBe('home');
    expect(network.server.sessionCount).toBe(1);
  });
});

describe('cookies (RFC 6347 §4.2.1)', () => {
  const head = {
    version: 0xfefd,
    random: new Uint8Array(32).fill(7),
    sessionId: new Uint8Array(0),
    cookie: new Uint8Array(0),
  };
  const jar = () => new CookieJar(nativeCore, entropyOf('server', 3), 60_000);

  it('are good for the address and hello they were baked for, and for no other', () => {
    const cookies = jar();
    const cookie = cookies.bake('10.0.0.1:5000', head, 0);
    expect(cookies.isOurs('10.0.0.1:5000', { ...head, cookie }, 0)).toBe(true);
    expect(cookies.isOurs('10.0.0.2:5000', { ...head, cookie }, 0)).toBe(false);
    expect(cookies.isOurs('10.0.0.1:5000', { ...head, cookie, random: new Uint8Array(32) }, 0)).toBe(false);
    expect(cookies.isOurs('10.0.0.1:5000', { ...head, cookie, sessionId: Uint8Array.of(1) }, 0)).toBe(false);
    expect(cookies.isOurs('10.0.0.1:5000', { ...head, cookie, version: 0xfeff }, 0)).toBe(false);
    expect(cookies.isOurs('10.0.0.1:5000', head, 0)).toBe(false);
  });

  it('are good for one to two lifetimes of the secret', () => {
    const cookies = jar();
    const cookie = cookies.bake('a', head, 0);
    expect(cookies.isOurs('a', { ...head, cookie }, 59_999)).toBe(true);
    expect(cookies.isOurs('a', { ...head, cookie }, 61_000)).toBe(true);
    expect(cookies.isOurs('a', { ...head, cookie }, 125_000)).toBe(false);
  });

  it('of a secret that was not used for long are not good', () => {
    const cookies = jar();
    const cookie = cookies.bake('a', head, 0);
    expect(cookies.isOurs('a', { ...head, cookie }, 500_000)).toBe(false);
  });
});
