import {
  fromHex,
  type Clock,
  type Entropy,
  type Instant,
  type SelvageError,
  type Store,
  type Timer,
} from '@selvage/core';
import { type CryptoCore, type KeyHome } from '@selvage/crypto';
import {
  type Entrusted,
  generateDataset,
  joinerIdOf,
  joinerPassphrase,
  type NodeEvent,
  type NodeRunner,
  openThreadNode,
  type OpenNodeOptions,
} from '@selvage/thread';

/** What a device has that is to join by its passphrase. */
export interface JoinSpec {
  /** 16 hexadecimal digits. */
  readonly eui64: string;
  /** PSKd, as it stands on the label. */
  readonly passphrase: string;
  /** How often it tries, each time after a longer pause; once by default. */
  readonly tries?: number | undefined;
  /** Which it looks at, 11 to 26; all by default. */
  readonly channels?: readonly number[] | undefined;
}

/** How a device's join went so far. */
export interface JoinStory {
  readonly begunAt: Instant;
  readonly tries: number;
  /** Why each try failed that did. */
  readonly failures: readonly SelvageError[];
  /** When it had the network key. */
  readonly entrustedAt?: Instant | undefined;
  /** When it first had a place in the network. */
  readonly attachedAt?: Instant | undefined;
}

/** What a {@link DeviceJoin} works with. */
export interface DeviceJoinParts {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly radio: OpenNodeOptions['radio'];
  readonly home: KeyHome;
  readonly store: Store;
  readonly tell: (event: NodeEvent) => void;
  readonly joined: (entrusted: Entrusted) => void;
}

const everyChannel = Array.from({ length: 16 }, (_, index) => 11 + index);
const facts = { vendorName: 'Selvage', vendorModel: 'sim', vendorSoftwareVersion: '1.0' };
/** How long the radio stays on for the answer to JOIN_ENT, milliseconds. */
const goodbye = 60;
/** Milliseconds before it tries again, doubled with each failure, up to the longest; as much again is drawn. */
const afterFailure = [1000, 30_000] as const;
/** The same where no network expects it yet: each look is answered by all routers in range, however many wait. */
const expectedLater = [5000, 20_000] as const;

/** A device that holds nothing but its passphrase, and tries to join. */
export class DeviceJoin {
  readonly #spec: JoinSpec;
  readonly #parts: DeviceJoinParts;
  readonly #failures: SelvageError[] = [];
  readonly #begunAt: Instant;
  #tries = 0;
  #entrustedAt: Instant | undefined;
  #timer: Timer | undefined;
  #runner: NodeRunner | undefined;
  #isOver = false;

  constructor(spec: JoinSpec, parts: DeviceJoinParts) {
    this.#spec = spec;
    this.#parts = parts;
    this.#begunAt = parts.clock.now();
  }

  get story(): JoinStory {
    return { begunAt: this.#begunAt, tries: this.#tries, failures: this.#failures, entrustedAt: this.#entrustedAt };
  }

  /** @throws SelvageError of the node that cannot be opened, `joiner-passphrase-invalid` */
  async start(): Promise<void> {
    const { tell, joined, clock, ...parts } = this.#parts;
    const dataset = generateDataset(parts);
    const runner = await openThreadNode({ ...parts, clock, dataset });
    if (this.#isOver) return runner.stop();
    this.#runner = runner;
    runner.onEvent((event) => {
      if (this.#isOver) return;
      if (event.kind === 'join-step' || event.kind === 'join-failed' || event.kind === 'joined') tell(event);
      if (event.kind === 'join-failed') this.#failed(event.error);
      if (event.kind !== 'joined') return;
      this.#entrustedAt = clock.now();
      this.#timer = clock.wakeAt(clock.now() + goodbye, () => joined(event.entrusted));
    });
    this.#try(runner);
  }

  /** The radio is closed. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    if (this.#runner === undefined) this.#parts.radio.close();
    else await this.#runner.stop();
  }

  #try(runner: NodeRunner): void {
    const { eui64, passphrase, channels = everyChannel } = this.#spec;
    this.#tries++;
    const identity = { joinerId: joinerIdOf(this.#parts.core, fromHex(eui64)) };
    runner.run((node, now) =>
      node.commissioning.join({ identity, passphrase: joinerPassphrase(passphrase), facts, channels }, now),
    );
  }

  #failed(error: SelvageError): void {
    const { clock, entropy } = this.#parts;
    this.#failures.push(error);
    if (this.#tries >= (this.#spec.tries ?? 1)) return;
    const random = new Uint8Array(1);
    entropy.fill(random);
    const at = clock.now() + this.#pause(error) * (1 + (random[0] as number) / 256);
    this.#timer = clock.wakeAt(at, () => this.#runner && this.#try(this.#runner));
  }

  /** After tries that failed, and likewise after those in which it was not expected yet. */
  #pause(last: SelvageError): number {
    const alike = this.#failures.filter((failure) => isNotExpected(failure) === isNotExpected(last)).length;
    const [first, longest] = isNotExpected(last) ? expectedLater : afterFailure;
    return Math.min(first * 2 ** (alike - 1), longest);
  }
}

/** The network is there, and may have other joiners in hand: that is no failure of the air. */
function isNotExpected({ details }: SelvageError): boolean {
  return details?.['failure'] === 'not-in-steering-data';
}
