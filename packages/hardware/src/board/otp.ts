import { bytesEqual, decode, encode, Secret, SelvageError } from '@selvage/core';
import { type CryptoCore, decodeSpki, encodeSpki, type PublicKey } from '@selvage/crypto';
import { type CellCheck, keyedCheck } from './cell-format.js';
import { isLater, type LifeCycle } from './life-cycle.js';
import type { Memory } from './memory.js';
import type { MonotonicCounter } from './monotonic-counter.js';
import { burntCount, type Fuses, fusesFormat, intactFuses, lifeCycleOf, mostRootKeys } from './otp-format.js';
import { TwoCells } from './two-cells.js';
import type { UniqueKey } from './unique-key.js';

/** A key that may sign firmware, in its place. */
export interface RootKey {
  readonly index: number;
  readonly publicKey: PublicKey;
  /** SHA-256 of its SubjectPublicKeyInfo, as images name their signer. */
  readonly hash: Uint8Array;
  readonly revoked: boolean;
}

/** What a board is provisioned with. */
export interface Provisioning {
  /** The keys that may sign its firmware. */
  readonly rootKeys: readonly PublicKey[];
  /** What boards of its kind share to read encrypted images: a P-256 scalar. Without it each board has a key of its own. */
  readonly imageKey?: Secret | undefined;
}

/** What fuses stand on. */
export interface OtpOptions {
  readonly core: CryptoCore;
  readonly memory: Memory;
  /** How many fuses were burnt: so that older fuses in their place are found out. */
  readonly count: MonotonicCounter;
  readonly uniqueKey: UniqueKey;
}

/**
 * One-time programmable memory: what is burnt stays. The fuses are a record under the device's own key, so that nobody
 * edits them, and as many as a counter says, so that nobody puts earlier ones back. Fuses that do not pass are *damaged*:
 * their chip starts nothing, says why, and burns nothing any more.
 */
export class Otp {
  /** Why the fuses cannot be believed; undefined for sound ones. */
  readonly damage: SelvageError | undefined;
  readonly #core: CryptoCore;
  readonly #cells: TwoCells | undefined;
  readonly #count: MonotonicCounter;
  #fuses: Fuses;
  #burning: Promise<unknown> = Promise.resolve();

  private constructor({ core, count }: OtpOptions, found: { cells: TwoCells; fuses: Fuses } | SelvageError) {
    this.#core = core;
    this.#count = count;
    this.damage = found instanceof SelvageError ? found : undefined;
    this.#cells = found instanceof SelvageError ? undefined : found.cells;
    this.#fuses = found instanceof SelvageError ? intactFuses : found.fuses;
  }

  /** What a memory has to hold for fuses to be in it that nothing was burnt into. */
  static image({ core, uniqueKey }: Pick<OtpOptions, 'core' | 'uniqueKey'>): Uint8Array {
    return TwoCells.image(encode(fusesFormat, intactFuses), otpCheck(core, uniqueKey));
  }

  /** Reads the fuses. Whatever is wrong with them is `damage`. @throws SelvageError `store-failed` of the memory */
  static async open(options: OtpOptions): Promise<Otp> {
    const { memory, core, uniqueKey, count } = options;
    const image = await memory.read(0, memory.size);
    const still: Memory = {
      size: memory.size,
      read: async (offset, length) => image.slice(offset, offset + length),
      write: (offset, bytes) => memory.write(offset, bytes),
    };
    let found: { cells: TwoCells; fuses: Fuses } | SelvageError;
    try {
      const cells = await TwoCells.open(still, otpCheck(core, uniqueKey), 'the fuses');
      const fuses = decode(fusesFormat, cells.record, 'fuses');
      found = soundness(core, fuses, await count.read()) ?? { cells, fuses };
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      found = damaged(`${error.message}: they were edited, or are another chip's`, { check: 'fuses' }, error);
    }
    // A power cut between burning and counting leaves the count behind.
    if (!(found instanceof SelvageError)) {
      await count.advance(burntCount(found.fuses));
      await found.cells.mirror();
    }
    return new Otp(options, found);
  }

  /** @throws SelvageError `boot-refused` where the fuses are damaged; so do all below */
  get lifeCycle(): LifeCycle {
    return lifeCycleOf(this.#sound()) as LifeCycle;
  }

  get debugLocked(): boolean {
    return this.#sound().debugLocked;
  }

  get rootKeys(): readonly RootKey[] {
    return this.#sound().rootKeys.map(({ publicKey, hash, revoked }, index) => ({
      index,
      publicKey: decodeSpki(publicKey),
      hash,
      revoked,
    }));
  }

  /** The key that images for boards of this kind are encrypted to, where one was burnt: a P-256 scalar. */
  get imageKey(): Secret | undefined {
    const { imageKey } = this.#sound();
    return imageKey.length === 0 ? undefined : Secret.of(imageKey);
  }

  /**
   * Burns the keys of a virgin board, all or none of them, and makes it provisioned with that.
   * @throws SelvageError `life-cycle-refused` for another than a virgin board, `invalid-argument` for no root key, too many
   * or the same twice, `invalid-scalar` for an image key that is none, `store-failed`
   */
  provision({ rootKeys, imageKey }: Provisioning): Promise<void> {
    return this.#burn((fuses) => {
      const lifeCycle = lifeCycleOf(fuses);
      if (lifeCycle !== 'virgin')
        throw refused(`a ${lifeCycle} board takes no root keys`, { lifeCycle: `${lifeCycle}` });
      const keys = rootKeys.map((key) => this.#rootKey(key));
      const different = new Set(keys.map(({ hash }) => hash.join()));
      if (keys.length === 0 || keys.length > mostRootKeys || different.size !== keys.length) {
        throw new SelvageError('invalid-argument', `a board takes 1 to ${mostRootKeys} different root keys`);
      }
      if (imageKey) this.#core.p256.publicKey(imageKey.reveal());
      return { ...fuses, provisioned: true, rootKeys: keys, imageKey: imageKey?.reveal().slice() ?? fuses.imageKey };
    });
  }

  /**
   * Revokes a root key; for one that is revoked it does nothing.
   * @throws SelvageError `invalid-argument` where there is no such key, `life-cycle-refused` for the last one that is
   * not revoked: nothing would start any more
   */
  revoke(index: number): Promise<void> {
    return this.#burn((fuses) => {
      if (fuses.rootKeys[index] === undefined) {
        throw new SelvageError('invalid-argument', `there is no root key ${index}`, { details: { index } });
      }
      const rootKeys = fuses.rootKeys.map((key, at) => (at === index ? { ...key, revoked: true } : key));
      if (rootKeys.every(({ revoked }) => revoked)) throw refused(`root key ${index} is the last one`, { index });
      return { ...fuses, rootKeys };
    });
  }

  /**
   * Goes on to a later life cycle; to the present one it does nothing. A secured board has its debugging locked.
   * @throws SelvageError `life-cycle-refused` for an earlier one, and for a virgin board: `provision` it
   */
  advance(to: LifeCycle): Promise<void> {
    return this.#burn((fuses) => {
      const from = lifeCycleOf(fuses) as LifeCycle;
      if (from === to) return fuses;
      if (from === 'virgin' || isLater(from, to)) throw refused(`a ${from} board does not become ${to}`, { from, to });
      return { ...fuses, provisioned: true, secured: true, returned: to === 'returned', debugLocked: true };
    });
  }

  /** Locks debugging for good. */
  lockDebug(): Promise<void> {
    return this.#burn((fuses) => ({ ...fuses, debugLocked: true }));
  }

  #rootKey(key: PublicKey): Fuses['rootKeys'][number] {
    const publicKey = encodeSpki(key);
    return { publicKey, hash: this.#core.hash('sha256', publicKey), revoked: false };
  }

  #sound(): Fuses {
    if (this.damage) throw this.damage;
    return this.#fuses;
  }

  /** Burns one after the other what `change` adds to the fuses. */
  #burn(change: (fuses: Fuses) => Fuses): Promise<void> {
    const burning = this.#burning
      .catch(() => undefined)
      .then(async () => {
        const fuses = change(this.#sound());
        const cells = this.#cells as TwoCells;
        if (burntCount(fuses) > burntCount(this.#fuses)) {
          await cells.write(encode(fusesFormat, fuses));
          this.#fuses = fuses;
        }
        // The fuses first: a power cut here leaves more of them than were counted, never fewer.
        await this.#count.advance(burntCount(fuses));
        await cells.mirror();
      });
    this.#burning = burning;
    return burning;
  }
}

/** What is wrong with fuses that nobody edited. */
function soundness(core: CryptoCore, fuses: Fuses, counted: number): SelvageError | undefined {
  const burnt = burntCount(fuses);
  if (burnt < counted) {
    return damaged(`${burnt} fuses are burnt where ${counted} were: the life cycle or a revocation was set back`, {
      check: 'fuse-count',
      expected: counted,
      found: burnt,
    });
  }
  if (lifeCycleOf(fuses) === undefined) {
    return damaged('a later life cycle is burnt and an earlier one is not', { check: 'life-cycle' });
  }
  for (const [index, { publicKey, hash }] of fuses.rootKeys.entries()) {
    if (!bytesEqual(core.hash('sha256', publicKey), hash)) {
      return damaged(`root key ${index} is not the one whose hash is burnt`, { check: 'root-key', index });
    }
  }
  return undefined;
}

function otpCheck(core: CryptoCore, uniqueKey: UniqueKey): CellCheck {
  return keyedCheck(core, uniqueKey.deriveKey('otp', 32).reveal());
}

type Details = Readonly<Record<string, string | number>>;

function damaged(why: string, details: Details, cause?: unknown): SelvageError {
  return new SelvageError('boot-refused', `the one-time programmable memory is not believed: ${why}`, {
    details,
    cause,
    remedy: 'This chip starts nothing any more; replace the board.',
  });
}

function refused(why: string, details: Details): SelvageError {
  return new SelvageError('life-cycle-refused', why, { details });
}
