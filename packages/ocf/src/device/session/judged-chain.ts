import type { SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type AcceptedChain, type Holder, type Purpose, type Role, type TrustAnchor, verifyChain } from '@selvage/pki';

/** What a chain is judged for, and by. */
export interface JudgedChainOptions {
  readonly core: CryptoCore;
  readonly purpose: Purpose;
  /** For roles: whose session it is. */
  readonly holder?: Holder | undefined;
}

/** What a good chain says. */
export interface Standing {
  readonly identity: string | undefined;
  readonly roles: readonly Role[];
}

type Verdict = { readonly standing: Standing } | { readonly error: SelvageError };

/**
 * A certificate chain that must hold whenever it is relied on, not only when it was shown: certificates expire, and
 * owners take trust away. It is verified anew when the anchors have changed, and refused when a certificate has
 * expired.
 */
export class JudgedChain {
  readonly chain: readonly Uint8Array[];
  readonly #options: JudgedChainOptions;
  #anchors: readonly TrustAnchor[] | undefined;
  #verdict: Verdict | undefined;
  #until = Number.NEGATIVE_INFINITY;

  /** @param chain DER, the end entity's first */
  constructor(chain: readonly Uint8Array[], options: JudgedChainOptions) {
    this.chain = chain;
    this.#options = options;
  }

  /** What the chain says, if it holds now; the error otherwise. @param now wall clock, ms since 1970 */
  judge(anchors: readonly TrustAnchor[], now: number): Verdict {
    if (this.#verdict !== undefined && this.#anchors === anchors && now <= this.#until) return this.#verdict;
    const judgement = verifyChain(this.chain, { ...this.#options, anchors, now });
    this.#anchors = anchors;
    // A refusal is not kept: it may be a matter of time.
    this.#until = judgement.accepted ? expiryOf(judgement) : Number.NEGATIVE_INFINITY;
    this.#verdict = judgement.accepted ? { standing: standingOf(judgement) } : { error: judgement.error };
    return this.#verdict;
  }

  /** What the chain says, if it holds now. */
  standing(anchors: readonly TrustAnchor[], now: number): Standing | undefined {
    const verdict = this.judge(anchors, now);
    return 'standing' in verdict ? verdict.standing : undefined;
  }
}

function expiryOf({ path }: AcceptedChain): number {
  return Math.min(...path.map(({ validity }) => validity.notAfter));
}

function standingOf({ identity, roles }: AcceptedChain): Standing {
  return { identity, roles };
}
