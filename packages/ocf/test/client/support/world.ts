import { type Handler, CoapTransport, type CoapUri } from '@selvage/coap';
import type { PeerAddress } from '@selvage/core';
import {
  type LinkConditions,
  SeededEntropy,
  type Tamper,
  VirtualClock,
  VirtualNetwork,
  type VirtualPort,
} from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore, signerOf } from '@selvage/crypto';
import { type ClientIdentity, OcfClient, type OcfClientOptions, ocfOptions, parseUuid } from '../../../src/index.js';

/** When the worlds of these tests begin. */
export const today = Date.parse('2026-11-22T12:00:00Z');

/** A UUID that tests tell apart at a glance. */
export function uuidOfDigit(digit: string): ReturnType<typeof parseUuid> {
  return parseUuid('00000000-0000-4000-8000-000000000000'.replaceAll('0', digit));
}

/** Nodes on a virtual network with groups, in virtual time; a datagram takes 1 ms. */
export class World {
  readonly core = nativeCore;
  readonly clock = new VirtualClock({ wallTime: today });
  readonly network: VirtualNetwork;
  readonly seed: string;
  readonly keys: LocalKeyHome;
  /** Members by the key of their group's address. */
  readonly #groups = new Map<string, Set<string>>();
  /** Stands in every link, behind the groups. */
  tamper: Tamper | undefined;

  constructor(seed: string, conditions: LinkConditions = { delay: 1 }) {
    this.seed = seed;
    this.network = new VirtualNetwork({ ...conditions, clock: this.clock, seed });
    this.network.tamper = (payload, from, to) => this.#pass(payload, from, to);
    this.keys = new LocalKeyHome({ core: nativeCore, entropy: this.entropy('keys') });
  }

  entropy(name: string): SeededEntropy {
    return new SeededEntropy(`${this.seed}/${name}`);
  }

  /** A port that gets what is sent to a group. */
  join(group: string, name: string): VirtualPort {
    const port = this.network.open(`${name}.${group}`);
    const members = this.#groups.get(group) ?? new Set();
    this.#groups.set(group, members.add(port.address.key));
    return port;
  }

  /** A client of ours, on ports of its own. */
  client(name: string, identity: ClientIdentity, options: Partial<OcfClientOptions<PeerAddress>> = {}) {
    return new OcfClient<PeerAddress>({ ...this.clientParts(name), identity, ...options });
  }

  /** What a client or a tool stands on. */
  clientParts(name: string) {
    return {
      core: this.core,
      entropy: this.entropy(name),
      clock: this.clock,
      plain: this.network.open(`${name}.plain`),
      secured: this.network.open(`${name}.secured`),
      groups: [{ key: 'all' }],
      resolve: resolveName,
      sign: signerOf(this.keys),
    };
  }

  /** A CoAP server in the clear, which hears a group as well and answers it within 300 ms. */
  server(name: string, handler: Handler<PeerAddress>, group = 'all'): CoapTransport<PeerAddress> {
    return new CoapTransport<PeerAddress>({
      port: this.network.open(name),
      groupPorts: [this.join(group, name)],
      clock: this.clock,
      entropy: this.entropy(name),
      understands: ocfOptions,
      handler: async (request) => {
        const response = await handler(request);
        return response && { ...response, leisure: 300 };
      },
    });
  }

  /** What a promise comes to, with as much time as it takes. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.clock.outcome(promise);
  }

  /** Lets time pass, and asynchronous work go on meanwhile. */
  pass(milliseconds: number): Promise<void> {
    return this.clock.pass(milliseconds);
  }

  /** To a group: a copy for each member. To anybody else: as it is, or as the test has it changed. */
  #pass(payload: Uint8Array, from: PeerAddress, to: PeerAddress): readonly Uint8Array[] {
    const members = this.#groups.get(to.key);
    if (members === undefined) return this.tamper?.(payload, from, to) ?? [payload];
    for (const key of members) this.network.inject(payload, from, { key });
    return [];
  }
}

/** `coaps://lamp.secured` is the port of that name. */
export function resolveName({ host }: CoapUri): PeerAddress | undefined {
  return host === 'nowhere' ? undefined : { key: host };
}
