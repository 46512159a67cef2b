import { type Entropy, type Instant, SelvageError } from '@selvage/core';
import { Discovery } from '../mle/discovery/discovery.js';
import { DiscoveryAnswers, type NetworkName } from '../mle/discovery/discovery-answers.js';
import type { MleArrival, MleHost } from '../mle/mle-host.js';
import type { Network } from './network.js';
import type { NodeEvent } from './node-event.js';

/** What a router says of joining in its network. */
export type DiscoveryFacts = Pick<NetworkName, 'nativeCommissioner' | 'steeringData' | 'joinerUdpPort'>;

/** Both sides of a node's discovery: which networks are there, and what it says of its own as a router. */
export class NodeDiscovery {
  readonly #host: MleHost;
  readonly #entropy: Entropy;
  readonly #tell: (event: NodeEvent) => void;
  readonly #answers: DiscoveryAnswers;
  #discovery: Discovery | undefined;

  constructor(host: MleHost, entropy: Entropy, tell: (event: NodeEvent) => void) {
    this.#host = host;
    this.#entropy = entropy;
    this.#tell = tell;
    this.#answers = new DiscoveryAnswers(host);
  }

  get isUnderWay(): boolean {
    return this.#discovery !== undefined;
  }

  get deadline(): Instant {
    return Math.min(this.#answers.deadline, this.#discovery?.deadline ?? Infinity);
  }

  start(channels: readonly number[], joiner: boolean, now: Instant): void {
    if (this.#discovery !== undefined) throw new SelvageError('wrong-state', 'the node looks for networks already');
    this.#discovery = new Discovery(this.#host, channels, joiner, {
      asking: (channel) => this.#tell({ kind: 'discovering', channel }),
      found: (network) => this.#tell({ kind: 'discovered', network }),
    });
    this.#discovery.tick(now);
  }

  /** Looks no further; `discovery-over` follows with the next tick. */
  stop(): void {
    this.#discovery?.stop();
  }

  /** A message that MLE does not protect. */
  receive(arrival: MleArrival, isRouter: boolean, now: Instant): void {
    this.#discovery?.receive(arrival);
    if (!isRouter || arrival.command !== 'discoveryRequest') return;
    const random = new Uint8Array(1);
    this.#entropy.fill(random);
    this.#answers.receive(arrival, (random[0] as number) / 256, now);
  }

  tick({ extendedPanId, name }: Network, facts: () => DiscoveryFacts, now: Instant): void {
    if (now >= this.#answers.deadline) {
      this.#answers.tick({ extendedPanId, name: new TextEncoder().encode(name), ...facts() }, now);
    }
    if (this.#discovery === undefined) return;
    this.#discovery.tick(now);
    if (!this.#discovery.isOver) return;
    this.#discovery = undefined;
    this.#tell({ kind: 'discovery-over' });
  }
}
