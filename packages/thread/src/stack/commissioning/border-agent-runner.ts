import { Alarm, type Clock, type DatagramPort, type PeerAddress } from '@selvage/core';
import { Ip6Endpoint } from '../../ip6/stack/endpoint.js';
import type { UdpPort } from '../../ip6/stack/udp-port.js';
import { BorderAgent, type BorderAgentOptions } from '../../meshcop/border-agent/border-agent.js';
import {
  OneTimeAgent,
  type OneTimeAgentOptions,
  type OneTimeAgentOutput,
} from '../../meshcop/border-agent/one-time-agent.js';
import { relayPaths } from '../../meshcop/relay/relay-messages.js';
import { tmfPort } from '../../tmf/tmf-port.js';
import type { NodeRunner } from '../node-runner.js';
import type { PacketInfo } from '../packet-info.js';

/** What a border agent tells people. */
export type BorderAgentEvent = Extract<OneTimeAgentOutput<PeerAddress>, { kind: 'session' | 'commissioner' | 'over' }>;

/** Drives a {@link BorderAgent} or a {@link OneTimeAgent} between a host's datagram port and a node of the mesh (Thread 1.3 §8.4.2). */
export class BorderAgentRunner<Address extends PeerAddress> {
  readonly #agent: BorderAgent<Address> | OneTimeAgent<Address>;
  readonly #runner: NodeRunner;
  readonly #clock: Clock;
  readonly #port: DatagramPort<Address>;
  readonly #alarm: Alarm;
  readonly #listeners = new Set<(event: BorderAgentEvent) => void>();
  /** Of the commissioner's anycast locator. */
  #proxy: UdpPort<PacketInfo> | undefined;
  readonly #stopNews: () => void;
  #isReleased = false;

  constructor(
    options: Omit<BorderAgentOptions, 'datasets'> | Omit<OneTimeAgentOptions, 'datasets'>,
    parts: { readonly runner: NodeRunner; readonly clock: Clock; readonly port: DatagramPort<Address> },
  ) {
    const { runner, clock, port } = parts;
    this.#runner = runner;
    this.#clock = clock;
    this.#port = port;
    const { node } = runner;
    const common = {
      datasets: () => ({ active: node.dataset, pending: node.pendingDataset }),
      activeElsewhere: () => node.commissioning.activeBeside(this),
    };
    this.#agent =
      'passcode' in options
        ? new OneTimeAgent({ ...options, ...common }, clock.now())
        : new BorderAgent({ ...options, ...common });
    this.#alarm = new Alarm(clock, () => this.#pump());
    this.#stopNews = node.commissioning.onNews(({ path, payload }) => {
      // What else there is for its commissioner comes to that one's own address.
      if (path !== relayPaths.received || this.#proxy === undefined) return false;
      this.#agent.handle({ kind: 'relayed', message: payload }, clock.now());
      this.#pump();
      return true;
    });
    port.onDatagram((payload, from) => {
      this.#agent.handle({ kind: 'datagram', payload, from }, clock.now());
      this.#pump();
    });
    this.#pump();
  }

  get sessionCount(): number {
    return this.#agent.sessionCount;
  }

  onEvent(listener: (event: BorderAgentEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all sessions, and closes the port. */
  close(): void {
    if (this.#isReleased) return;
    this.#agent.close(this.#clock.now());
    this.#pump();
    this.#release();
  }

  #release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#alarm.set(undefined);
    this.#stopNews();
    this.#setCommissioner(undefined);
    this.#port.close();
  }

  #pump(): void {
    if (this.#isReleased) return;
    const now = this.#clock.now();
    for (let output = this.#agent.poll(now); output !== undefined; output = this.#agent.poll(now)) this.#obey(output);
    if (!this.#isReleased) this.#alarm.set(this.#agent.deadline);
  }

  #obey(output: OneTimeAgentOutput<Address>): void {
    switch (output.kind) {
      case 'transmit':
        return this.#port.send(output.payload, output.to);
      case 'ask-leader':
        return this.#ask(output.id, output.path, output.payload);
      case 'relay':
        return this.#runner.run(({ commissioning }) => commissioning.relay(output.locator, output.message));
      case 'proxy': {
        const { address, sourcePort, destinationPort, payload } = output.datagram;
        if (sourcePort !== tmfPort) return;
        return this.#runner.run(({ commissioning }, now) => {
          const own = this.#proxy?.address;
          if (own === undefined) return;
          this.#proxy?.send(payload, new Ip6Endpoint(address, destinationPort), own);
          if (destinationPort !== tmfPort) return;
          commissioning.hearOwn(payload, new Ip6Endpoint(own, tmfPort), address, now);
        });
      }
      case 'commissioner':
        this.#setCommissioner(output);
        return this.#tell(output);
      case 'session':
        return this.#tell(output);
      case 'over':
        this.#release();
        return this.#tell(output);
    }
  }

  #ask(id: number, path: string, payload: Uint8Array): void {
    this.#runner.run(({ commissioning }, now) =>
      commissioning.askLeader(path, payload, now, (outcome) => {
        const answer = outcome.kind === 'answer' && outcome.isChanged ? outcome.payload.slice() : undefined;
        // Not from within the node or the agent, which are in the middle of something.
        queueMicrotask(() => {
          this.#agent.handle({ kind: 'answer', id, payload: answer }, this.#clock.now());
          this.#pump();
        });
      }),
    );
  }

  /** What nodes answer to the commissioner's anycast address goes to the commissioner. */
  #setCommissioner(active: { readonly sessionId: number | undefined; readonly name?: Uint8Array } | undefined): void {
    this.#proxy?.close();
    const { sessionId, name = new Uint8Array(0) } = active ?? {};
    this.#proxy = this.#runner.run(({ commissioning, ip }) => {
      if (sessionId === undefined) return void commissioning.release(this);
      return ip.openPort({ port: tmfPort, address: commissioning.speakFor(this, name, sessionId) });
    });
    this.#proxy?.onArrival(({ payload, from }) => {
      const { address, port } = from;
      const datagram = { address, sourcePort: port, destinationPort: tmfPort, payload: payload.slice() };
      this.#agent.handle({ kind: 'proxied', datagram }, this.#clock.now());
      queueMicrotask(() => this.#pump());
    });
  }

  #tell(event: BorderAgentEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
