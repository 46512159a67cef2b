import { fromHex, type Secret, type SelvageError, systemEntropy } from '@selvage/core';
import { systemClock, type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgentRunner,
  type CommissionerEvent,
  CommissionerRunner,
  type Entrusted,
  ExternalSession,
  joinerIdOf,
  joinerPassphrase,
  joinNetwork,
  type MeshcopTlv,
  type RequestDone,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { networkSize, portBaseOf } from './openthread.js';
import type { OpenThreadEther, OurNode } from './openthread-ether.js';

/** The EUI-64 of {@link ourJoiner}. */
export const ourEui64 = fromHex('18b43000000003e1');
const facts = { vendorName: 'Selvage', vendorModel: 'lamp', vendorSoftwareVersion: '1.0' };
const channels = Array.from({ length: 16 }, (_, index) => 11 + index);

/** One of ours that holds nothing but a passphrase: what it is given, or why it was given nothing. */
export async function ourJoiner(
  { portOffset }: OpenThreadEther,
  passphrase: string,
  node = 801,
): Promise<Entrusted | string> {
  const radio = await UdpEtherRadio.join({ node, portBase: portBaseOf(portOffset), networkSize }, systemClock);
  return joinNetwork({
    core: nativeCore,
    entropy: systemEntropy,
    clock: systemClock,
    radio,
    identity: { joinerId: joinerIdOf(nativeCore, ourEui64) },
    passphrase: joinerPassphrase(passphrase),
    facts,
    channels,
  }).catch((error: SelvageError) => `${String(error.details?.['failure'])}: ${error.message}`);
}

/** Our border agent in one of our nodes, on a UDP port of loopback. */
export async function ourBorderAgent(
  { runner }: OurNode,
  secret: { readonly passphrase: () => Secret | undefined } | { readonly passcode: Secret },
): Promise<{ readonly agent: BorderAgentRunner<UdpAddress>; readonly port: number }> {
  const port = await UdpPort.bind({ address: '127.0.0.1', maximumPayload: 1500 });
  const parts = { runner, clock: systemClock, port };
  const agent = new BorderAgentRunner<UdpAddress>({ core: nativeCore, entropy: systemEntropy, ...secret }, parts);
  return { agent, port: port.local.port };
}

/** Our external commissioner at a border agent, and what it told. */
export class LiveCommissioner {
  readonly runner: CommissionerRunner;
  readonly events: CommissionerEvent[] = [];
  /** Milliseconds from the first flight until it was active. */
  took = 0;
  readonly #session: ExternalSession<UdpAddress>;

  private constructor(session: ExternalSession<UdpAddress>, name: string) {
    this.#session = session;
    const options = { core: nativeCore, entropy: systemEntropy, name, isNative: false };
    this.runner = new CommissionerRunner(options, systemClock, session);
    this.runner.onEvent((event) => this.events.push(event));
  }

  /**
   * Opens a session and petitions.
   * @throws SelvageError `join-failed` of the session or the petition
   */
  static async open(borderAgent: UdpAddress, passphrase: Secret, name = 'selvage'): Promise<LiveCommissioner> {
    const begun = performance.now();
    const port = await UdpPort.bind({ address: '127.0.0.1', maximumPayload: 1500 });
    const options = { core: nativeCore, entropy: systemEntropy, borderAgent, passphrase };
    const session = await ExternalSession.open(options, systemClock, port);
    const commissioner = new LiveCommissioner(session, name);
    commissioner.runner.run((engine) => engine.petition());
    await commissioner.tells((event) => event.kind === 'active');
    commissioner.took = performance.now() - begun;
    await commissioner.tells((event) => event.kind === 'steering');
    return commissioner;
  }

  /** Lets a joiner in, and waits until the network knows. */
  async admit(eui64: Uint8Array, passphrase: string): Promise<void> {
    const from = this.events.length;
    this.runner.run((commissioner, now) =>
      commissioner.admit({ kind: 'eui64', eui64 }, joinerPassphrase(passphrase), 300_000, now),
    );
    await this.tells((event) => event.kind === 'steering' && this.events.indexOf(event) >= from);
  }

  /** Asks the leader; gives its answer. */
  ask(path: string, tlvs: readonly MeshcopTlv[] = []): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      const done: RequestDone = (payload, error) => (error === undefined ? resolve(payload) : reject(error));
      this.runner.run((commissioner) => commissioner.request(path, tlvs, { kind: 'leader' }, done));
    });
  }

  /** What became of joiners: their steps, and why some failed. */
  get progress(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind !== 'joiner') return [];
      const { progress } = event;
      if (progress.kind === 'failed') return [String(progress.error.details?.['failure'])];
      return [progress.kind === 'step' ? progress.step : progress.kind];
    });
  }

  /** Waits for an event, which may have been told already; rejects where it is no commissioner any more. */
  tells(isIt: (event: CommissionerEvent) => boolean, milliseconds = 60_000): Promise<void> {
    if (this.events.some(isIt)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        stop();
        clearTimeout(timer);
        settle();
      };
      const stop = this.runner.onEvent((event) => {
        if (isIt(event)) end(resolve);
        else if (event.kind === 'inactive') end(() => reject(event.error ?? new Error('it resigned')));
      });
      const kinds = (): string => this.events.map(({ kind }) => kind).join(', ');
      const timer = setTimeout(() => end(() => reject(new Error(`it was not told; events: ${kinds()}`))), milliseconds);
    });
  }

  /** Gives the network up, and ends the session. */
  async close(): Promise<void> {
    if (this.runner.commissioner.state === 'active') this.runner.run((commissioner) => commissioner.resign());
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.runner.stop();
    this.#session.close();
  }
}
