import type { PeerAddress } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import {
  type DtlsConfiguration,
  DtlsEndpoint,
  type DtlsPeer,
  type EndpointOutput,
  observeDatagram,
} from '../../src/index.js';
import { configuration, entropyOf } from '../support/configurations.js';

const serverAt: PeerAddress = { key: 'server' };
const jpake = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';
const anonymous = 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA256';

/** A server that selects, and clients that come one after the other. */
class Scene {
  readonly asked: string[] = [];
  readonly toClients: Uint8Array[] = [];
  readonly closed: string[] = [];
  selected: DtlsConfiguration | undefined;
  now = 0;
  readonly server = new DtlsEndpoint<PeerAddress>({
    server: {
      core: nativeCore,
      entropy: entropyOf('server', 9),
      select: (from) => {
        this.asked.push(from.key);
        return this.selected;
      },
    },
  });

  connect(name: string, suite: typeof jpake | typeof anonymous): DtlsPeer {
    const client = new DtlsEndpoint<PeerAddress>({});
    const peer = client.connect(serverAt, configuration('client', [suite]), this.now);
    this.#run(name, client);
    // A refusal in the clear could be anybody's: the client waits whether the server goes on.
    this.now += 2000;
    this.#run(name, client);
    return peer;
  }

  #run(name: string, client: DtlsEndpoint<PeerAddress>): void {
    let moved = true;
    while (moved) {
      moved = false;
      for (let out = client.poll(this.now); out !== undefined; out = client.poll(this.now)) {
        moved = true;
        if (out.kind === 'transmit') this.server.handle(datagram(out.payload, name), this.now);
        else if (out.output.kind === 'closed' && out.output.reason.by === 'error') {
          this.closed.push(out.output.reason.error.details?.['alert'] as string);
        }
      }
      for (let out = this.server.poll(this.now); out !== undefined; out = this.server.poll(this.now)) {
        moved = true;
        if (out.kind === 'transmit') this.#toClient(out, client);
      }
    }
  }

  #toClient(
    { payload }: Extract<EndpointOutput<PeerAddress>, { kind: 'transmit' }>,
    client: DtlsEndpoint<PeerAddress>,
  ) {
    this.toClients.push(payload);
    client.handle(datagram(payload, 'server'), this.now);
  }
}

describe('a server that selects how it answers', () => {
  it('is asked once a client has brought its cookie back, and answers each as it says then', () => {
    const scene = new Scene();
    scene.selected = configuration('server', [anonymous]);
    expect(scene.connect('alice', anonymous).connection.session?.suite.name).toBe(anonymous);
    scene.selected = configuration('server', [jpake]);
    expect(scene.connect('bob', jpake).connection.session?.suite.name).toBe(jpake);
    expect(scene.asked).toEqual(['alice', 'bob']);
    expect(scene.server.sessionCount).toBe(2);
  });

  it('refuses with handshake_failure where there is nothing to answer with, and keeps nothing', () => {
    const scene = new Scene();
    scene.connect('mallory', anonymous);
    expect(scene.closed).toEqual(['handshake_failure']);
    const last = scene.toClients.at(-1) as Uint8Array;
    expect(observeDatagram(last).map(({ type }) => type)).toEqual(['alert']);
    expect(scene.server.counters.refused).toBeGreaterThan(0);
    expect(scene.server.handshakeCount).toBe(0);
    expect(scene.server.deadline).toBeUndefined();
  });
});

function datagram(payload: Uint8Array, from: string) {
  return { kind: 'datagram', payload, from: { key: from } } as const;
}
