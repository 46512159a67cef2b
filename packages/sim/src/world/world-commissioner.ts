import { type Clock, type Entropy, fromHex, toHex } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import {
  type Commissioner,
  type CommissionerEvent,
  CommissionerRunner,
  joinerIdOf,
  joinerPassphrase,
  NativeAccess,
  type NodeRunner,
} from '@selvage/thread';

/** A device that a commissioner is to let in: what stands on its label. */
export interface Admitted {
  /** 16 hexadecimal digits. */
  readonly eui64: string;
  /** PSKd. */
  readonly passphrase: string;
  /** Milliseconds; an hour by default. */
  readonly lifetime?: number | undefined;
}

/** What a {@link WorldCommissioner} works with. */
export interface WorldCommissionerParts {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly name: string;
  readonly tell: (event: CommissionerEvent) => void;
}

const hour = 3_600_000;
/** How long after it was refused or forgotten it petitions again, milliseconds. */
const petitionPause = 5000;

/** A commissioner at a node of the world, with its list of joiners; whoever is on the list is let in as soon as it is active. */
export class WorldCommissioner {
  readonly #runner: CommissionerRunner;
  readonly #access: NativeAccess;
  readonly #parts: WorldCommissionerParts;
  readonly #list = new Map<string, Admitted>();
  /** The joiner IDs of those that are on the list, and are rejected at JOIN_FIN all the same. */
  readonly #rejected = new Set<string>();

  constructor(node: NodeRunner, parts: WorldCommissionerParts) {
    const { core, entropy, clock, name } = parts;
    this.#parts = parts;
    const later = (action: () => void): void => void clock.wakeAt(clock.now(), action);
    const access = new NativeAccess(node, later);
    this.#access = access;
    const judge = (joinerId: Uint8Array) =>
      this.#rejected.has(toHex(joinerId))
        ? ({ accept: false, why: 'the scenario' } as const)
        : ({ accept: true } as const);
    this.#runner = new CommissionerRunner({ core, entropy, name, isNative: true, judge }, clock, access);
    this.#runner.onEvent((event) => {
      parts.tell(event);
      if (event.kind === 'active') later(() => this.#admitAll());
      if (event.kind === 'inactive') clock.wakeAt(clock.now() + petitionPause, () => this.#petition());
    });
    this.#petition();
  }

  get commissioner(): Commissioner {
    return this.#runner.commissioner;
  }

  /** Lets devices in, from a list. @throws SelvageError `joiner-passphrase-invalid`, `too-many-peers` */
  admit(list: readonly Admitted[]): void {
    for (const admitted of list) this.#list.set(admitted.eui64, admitted);
    if (this.commissioner.state === 'active') this.#admit(list);
  }

  /** Rejects a device at JOIN_FIN, whatever it proves. */
  reject(eui64: string): void {
    this.#rejected.add(toHex(joinerIdOf(this.#parts.core, fromHex(eui64))));
  }

  /** Resigns, where its node still hears it. */
  stop(): void {
    this.#runner.run((commissioner) => commissioner.resign());
    this.#runner.stop();
    this.#access.close();
  }

  #petition(): void {
    this.#runner.run((commissioner) => {
      if (commissioner.state === 'inactive') commissioner.petition();
    });
  }

  #admitAll(): void {
    if (this.commissioner.state === 'active') this.#admit([...this.#list.values()]);
  }

  #admit(list: readonly Admitted[]): void {
    this.#runner.run((commissioner, now) => {
      for (const { eui64, passphrase, lifetime = hour } of list) {
        const selector = { kind: 'eui64', eui64: fromHex(eui64) } as const;
        const pskd = joinerPassphrase(passphrase);
        commissioner.admit(selector, pskd, lifetime, now);
        pskd.dispose();
      }
    });
  }
}
