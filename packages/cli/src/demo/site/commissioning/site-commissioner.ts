import { type Secret, SelvageError, toHex } from '@selvage/core';
import { type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgentRunner,
  type CommissionerEvent,
  CommissionerRunner,
  type Dataset,
  ExternalSession,
  type JoinerFacts,
  joinerIdOf,
  type JoinerLabel,
  type JoinerVerdict,
  type NodeRunner,
} from '@selvage/thread';
import { judged, type JudgementOptions } from '../../../thread/commissioning/joiners/judgement.js';
import type { Surface } from '../../../terminal/surface.js';
import type { Labels } from './labels.js';
import { RelayWatch } from './relay-watch.js';

type JoinerEvent = Extract<CommissionerEvent, { kind: 'joiner' }>;

/** Of whose network it is, and of whom it may hear. */
export interface SiteCommissionerOptions {
  /** The border node, by which the commissioner comes in. */
  readonly runner: NodeRunner;
  /** Of all boards that may come. */
  readonly labels: Labels;
  /** What a joiner has to say of itself. */
  readonly judgement: JudgementOptions;
  /** Told each key encryption key that leaves for a joiner router. */
  readonly onKey: (key: Secret) => void;
}

const name = 'the owner of the site';
const loopback = '127.0.0.1';
/** A device is let in until it has joined; the show is over before this is, ms. */
const lifetime = 3_600_000;
/** How long the petition may take, and what is said last has to leave, ms. */
const [patience, goodbye] = [60_000, 50] as const;

/** The border agent of a site, and a commissioner of it that is no node of the mesh: they speak UDP, on this host. */
export class SiteCommissioner {
  /** Where the border agent listens. */
  readonly agent: UdpAddress;
  /** Until the commissioner was in the session with it, and active, ms. */
  readonly took: number;
  readonly runner: CommissionerRunner;
  readonly #parts: Opened;
  readonly #names: ReadonlyMap<string, string>;
  readonly #failures = new Map<string, SelvageError>();
  readonly #underWay = new Set<string>();
  #mostAtOnce = 0;
  #isGone = false;

  private constructor(parts: Opened, names: ReadonlyMap<string, string>) {
    this.#parts = parts;
    this.agent = parts.address;
    this.took = parts.took;
    this.runner = parts.runner;
    this.#names = names;
    this.runner.onEvent((event) => {
      const called = event.kind === 'joiner' ? names.get(toHex(event.joinerId)) : undefined;
      if (event.kind === 'joiner' && called !== undefined) this.#note(called, event.progress);
    });
  }

  /** @throws SelvageError (rejects) `join-failed`, `timed-out`, and as a port */
  static async open(surface: Surface, options: SiteCommissionerOptions): Promise<SiteCommissioner> {
    const names = new Map(
      [...options.labels].map(([called, { eui64 }]) => [toHex(joinerIdOf(nativeCore, eui64)), called]),
    );
    return new SiteCommissioner(await opened(surface, options), names);
  }

  /** The session in which it is the network's commissioner. */
  get sessionId(): number | undefined {
    return this.runner.commissioner.sessionId;
  }

  /** Has a device let in, by what stands on its label. */
  admit({ eui64, passphrase }: JoinerLabel): void {
    this.runner.run((commissioner, now) => commissioner.admit({ kind: 'eui64', eui64 }, passphrase, lifetime, now));
  }

  /** Nobody is let in any more. */
  withdrawAll(): void {
    this.runner.run((commissioner) => commissioner.withdrawAll());
  }

  /** Why a board was not let in when it tried last; undefined where nothing is wrong, or nothing was heard of it. */
  failureOf(called: string): SelvageError | undefined {
    return this.#failures.get(called);
  }

  /** How many proved their passphrases at the same time, at most. */
  get mostAtOnce(): number {
    return this.#mostAtOnce;
  }

  /** The RLOC16 of the joiner router that a board came by. */
  routerOf(called: string): number | undefined {
    return this.#parts.watch.routerOf(this.#joinerOf(called));
  }

  /** Whether a key encryption key was ever given out for a board. */
  hasKeyFor(called: string): boolean {
    return this.#parts.watch.hasKeyFor(this.#joinerOf(called));
  }

  /** The commissioner gives the network up: another may have it. The border agent stays. */
  async resign(): Promise<void> {
    const { runner, session, clock } = this.#parts;
    this.#isGone = true;
    if (runner.commissioner.state === 'active') {
      runner.run((commissioner) => commissioner.resign());
      await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + goodbye, resolve));
    }
    runner.stop();
    session.close();
  }

  close(): void {
    if (!this.#isGone) {
      this.#parts.runner.stop();
      this.#parts.session.close();
    }
    this.#parts.border.close();
  }

  #note(called: string, progress: JoinerEvent['progress']): void {
    if (progress.kind === 'step' && progress.step === 'handshake') this.#underWay.add(called);
    if (progress.kind === 'left' || progress.kind === 'failed') this.#underWay.delete(called);
    if (progress.kind === 'failed') this.#failures.set(called, progress.error);
    if (progress.kind === 'left') this.#failures.delete(called);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, this.#underWay.size);
  }

  #joinerOf(called: string): string {
    return [...this.#names].find(([, one]) => one === called)?.[0] ?? '';
  }
}

interface Opened {
  readonly clock: Surface['clock'];
  readonly border: BorderAgentRunner<UdpAddress>;
  readonly session: ExternalSession<UdpAddress>;
  readonly watch: RelayWatch;
  readonly runner: CommissionerRunner;
  readonly address: UdpAddress;
  readonly took: number;
}

async function opened(surface: Surface, { runner: node, judgement, onKey }: SiteCommissionerOptions): Promise<Opened> {
  const { clock, entropy } = surface;
  const port = await loopbackPort();
  const address = port.local;
  const passphrase = (): Secret | undefined => node.node.dataset.get('pskc');
  const secret = { core: nativeCore, entropy, passphrase };
  const border = new BorderAgentRunner<UdpAddress>(secret, { runner: node, clock, port });
  const since = clock.now();
  try {
    const session = await sessionWith(surface, node.node.dataset, address);
    const watch = new RelayWatch(session, onKey);
    const judge = (_joinerId: Uint8Array, facts: JoinerFacts): JoinerVerdict => judged(judgement, facts);
    const runner = new CommissionerRunner({ core: nativeCore, entropy, name, isNative: false, judge }, clock, watch);
    await petitioned(surface, runner);
    return { clock, border, session, watch, runner, address, took: clock.now() - since };
  } catch (error) {
    border.close();
    throw error;
  }
}

/** Datagrams of DTLS records, which are longer than what a mesh carries. */
function loopbackPort(): Promise<UdpPort> {
  return UdpPort.bind({ address: loopback, maximumPayload: 1500 });
}

/** The commissioner knows the network's PSKc, and nothing else of it. */
async function sessionWith(
  { clock, entropy }: Surface,
  dataset: Dataset,
  borderAgent: UdpAddress,
): Promise<ExternalSession<UdpAddress>> {
  const passphrase = dataset.get('pskc');
  if (passphrase === undefined) throw new SelvageError('invalid-argument', 'the dataset has no PSKc');
  const port = await loopbackPort();
  try {
    return await ExternalSession.open({ core: nativeCore, entropy, borderAgent, passphrase }, clock, port);
  } catch (error) {
    port.close();
    throw error;
  }
}

function petitioned({ clock }: Surface, runner: CommissionerRunner): Promise<void> {
  const late = new SelvageError('timed-out', 'the petition of the commissioner was not answered');
  return new Promise((resolve, reject) => {
    const timer = clock.wakeAt(clock.now() + patience, () => reject(late));
    runner.onEvent((event) => {
      if (event.kind !== 'active' && event.kind !== 'inactive') return;
      timer.cancel();
      if (event.kind === 'active') resolve();
      else reject(event.error ?? late);
    });
    runner.run((commissioner) => commissioner.petition());
  });
}
