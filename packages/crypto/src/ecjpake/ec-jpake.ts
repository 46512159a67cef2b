/**
 * EC-JPAKE on P-256 (RFC 8236 §3) in the encoding of draft-cragie-tls-ecjpake-01: two strangers who share a short
 * password agree on a key, and whoever does not have the password learns nothing but that one guess was wrong.
 *
 *     round one   each side: own keys X1 = x1·G and X2 = x2·G, both with proofs
 *     round two   each side: X = (x2·s)·(own X1 + peer X1 + peer X2), with a proof over that sum as generator
 *     secret      x coordinate of x2·(peer X − (x2·s)·peer X2), hashed with SHA-256
 *
 *     own:   nothing ──writeRoundOne──▶ round-one ──writeRoundTwo──▶ round-two
 *     peer:  nothing ──readRoundOne───▶ round-one ──readRoundTwo───▶ round-two
 *
 * The two lines advance independently, except that round two of either needs round one of both. A client's and a
 * server's proofs name their role, so a message that is sent back to its author proves nothing.
 */
import { decode, encode, type Entropy, Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import { drawScalar, isScalar, multiplyScalars, reduceToScalar } from '../scalar/scalars.js';
import { prove, verifyProof } from './schnorr.js';
import { type EcjpakeKeyKp, ecjpakeKeyKp, ecjpakeKeyKpPairList, serverCurve, serverEcjpakeParams } from './wire.js';

/** Whose side of the exchange; it goes into every proof. */
export type EcJpakeRole = 'client' | 'server';

/** What an exchange starts from. */
export interface EcJpakeOptions {
  readonly core: CryptoCore;
  readonly role: EcJpakeRole;
  /** Any bytes; the number that they denote, big-endian and mod n, is what counts, and must not be zero. */
  readonly password: Secret;
  readonly entropy: Entropy;
}

/** The keys of round one: both points, and the one scalar that is needed again. */
interface OwnKeys {
  readonly x1: Uint8Array;
  readonly x2: Uint8Array;
  readonly secret2: Uint8Array;
}

interface PeerKeys {
  readonly x1: Uint8Array;
  readonly x2: Uint8Array;
}

type Own = { readonly at: 'nothing' } | { readonly at: 'round-one' | 'round-two'; readonly keys: OwnKeys };
type Peer =
  | { readonly at: 'nothing' }
  | { readonly at: 'round-one'; readonly keys: PeerKeys }
  | { readonly at: 'round-two'; readonly keys: PeerKeys; readonly x: Uint8Array };

const nothing = { at: 'nothing' } as const;

/** One side of one exchange. Whatever throws leaves the exchange as it was. */
export class EcJpake {
  readonly role: EcJpakeRole;
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  /** The password as a scalar; `undefined` after {@link destroy}. */
  #password: Uint8Array | undefined;
  #own: Own = nothing;
  #peer: Peer = nothing;

  /** @throws SelvageError `invalid-argument` for a password that is zero mod n, the empty one included */
  constructor({ core, role, password, entropy }: EcJpakeOptions) {
    const scalar = reduceToScalar(password.reveal());
    if (!isScalar(scalar)) {
      throw new SelvageError('invalid-argument', 'an EC-JPAKE password must not be zero or empty');
    }
    this.role = role;
    this.#core = core;
    this.#entropy = entropy;
    this.#password = scalar;
  }

  /**
   * ECJPAKEKeyKPPairList, 330 bytes. It does not depend on the password.
   * @throws SelvageError `wrong-state`, `entropy-failed`
   */
  writeRoundOne(): Uint8Array {
    this.#scalar();
    if (this.#own.at !== 'nothing') throw wrongState('round one is written already');
    const [secret1, first] = this.#generate();
    const [secret2, second] = this.#generate();
    secret1.fill(0);
    this.#own = { at: 'round-one', keys: { x1: first.x, x2: second.x, secret2 } };
    return encode(ecjpakeKeyKpPairList, { first, second });
  }

  /**
   * Takes the peer's ECJPAKEKeyKPPairList.
   * @throws SelvageError `wrong-state`; fault `peer`: `truncated`, `trailing-bytes`, `length-out-of-range`,
   *   `invalid-point`, `identity-point`, `invalid-scalar`, `invalid-proof`
   */
  readRoundOne(bytes: Uint8Array): void {
    this.#scalar();
    if (this.#peer.at !== 'nothing') throw wrongState('round one is read already');
    const { first, second } = decode(ecjpakeKeyKpPairList, bytes, 'roundOne');
    const context = { core: this.#core, identity: peerOf(this.role), generator: undefined };
    verifyProof(context, first, 'roundOne.first');
    verifyProof(context, second, 'roundOne.second');
    this.#peer = { at: 'round-one', keys: { x1: copy(first.x), x2: copy(second.x) } };
  }

  /**
   * The server's ECParameters and ECJPAKEKeyKP, 168 bytes; the client's ECJPAKEKeyKP, 165 bytes.
   * @throws SelvageError `wrong-state`, `entropy-failed`; `identity-point` if the peer's keys cancel ours
   */
  writeRoundTwo(): Uint8Array {
    const password = this.#scalar();
    const own = this.#own;
    if (own.at === 'round-two') throw wrongState('round two is written already');
    if (own.at === 'nothing' || this.#peer.at === 'nothing') throw wrongState('round two needs round one of both');
    const generator = this.#sum(own.keys.x1, this.#peer.keys.x1, this.#peer.keys.x2);
    const secret = multiplyScalars(own.keys.secret2, password);
    const keyKp = prove({ core: this.#core, identity: this.role, generator }, secret, this.#entropy);
    secret.fill(0);
    this.#own = { at: 'round-two', keys: own.keys };
    return this.role === 'server'
      ? encode(serverEcjpakeParams, { ...serverCurve, keyKp })
      : encode(ecjpakeKeyKp, keyKp);
  }

  /**
   * Takes the peer's message of round two.
   * @throws SelvageError `wrong-state`; fault `peer`: as {@link readRoundOne}, and `invalid-value` for another curve
   */
  readRoundTwo(bytes: Uint8Array): void {
    this.#scalar();
    const peer = this.#peer;
    if (peer.at === 'round-two') throw wrongState('round two is read already');
    if (peer.at === 'nothing' || this.#own.at === 'nothing') throw wrongState('round two needs round one of both');
    const keyKp =
      this.role === 'client'
        ? decode(serverEcjpakeParams, bytes, 'roundTwo').keyKp
        : decode(ecjpakeKeyKp, bytes, 'roundTwo');
    const generator = this.#sum(this.#own.keys.x1, this.#own.keys.x2, peer.keys.x1);
    verifyProof({ core: this.#core, identity: peerOf(this.role), generator }, keyKp, 'roundTwo');
    this.#peer = { at: 'round-two', keys: peer.keys, x: copy(keyKp.x) };
  }

  /**
   * The premaster secret, 32 bytes. Both sides have the same one exactly if they have the same password: only what is
   * made from it (TLS's Finished) shows whether they do.
   * @throws SelvageError `wrong-state`; `identity-point` if the peer cancelled the secret
   */
  premasterSecret(): Uint8Array {
    const password = this.#scalar();
    if (this.#own.at === 'nothing' || this.#peer.at !== 'round-two') {
      throw wrongState('the secret needs round two of the peer');
    }
    const { p256 } = this.#core;
    const { secret2 } = this.#own.keys;
    const { keys, x } = this.#peer;
    const factor = multiplyScalars(secret2, password);
    const stripped = p256.add(x, p256.negate(p256.multiply(factor, keys.x2)));
    const shared = p256.sharedSecret(secret2, stripped);
    const secret = this.#core.hash('sha256', shared);
    for (const bytes of [factor, stripped, shared]) bytes.fill(0);
    return secret;
  }

  /**
   * An exchange that stands where this one stands and goes on independently, with its own copy of the secrets: for a
   * caller that reads messages which only later prove to be the peer's, and must be able to go back.
   */
  fork(): EcJpake {
    const password = Secret.of(this.#scalar());
    const { role } = this;
    const twin = new EcJpake({ core: this.#core, role, password, entropy: this.#entropy });
    password.dispose();
    twin.#own =
      this.#own.at === 'nothing'
        ? nothing
        : { at: this.#own.at, keys: { ...this.#own.keys, secret2: copy(this.#own.keys.secret2) } };
    twin.#peer = this.#peer;
    return twin;
  }

  /** Overwrites the secrets. Every later call is `wrong-state`. */
  destroy(): void {
    this.#password?.fill(0);
    this.#password = undefined;
    if (this.#own.at !== 'nothing') this.#own.keys.secret2.fill(0);
    this.#own = nothing;
    this.#peer = nothing;
  }

  #generate(): [secret: Uint8Array, keyKp: EcjpakeKeyKp] {
    const secret = drawScalar(this.#entropy);
    const context = { core: this.#core, identity: this.role, generator: undefined };
    return [secret, prove(context, secret, this.#entropy)];
  }

  #sum(a: Uint8Array, b: Uint8Array, c: Uint8Array): Uint8Array {
    return this.#core.p256.add(this.#core.p256.add(a, b), c);
  }

  #scalar(): Uint8Array {
    if (this.#password === undefined) throw wrongState('the exchange was destroyed');
    return this.#password;
  }
}

function peerOf(role: EcJpakeRole): EcJpakeRole {
  return role === 'client' ? 'server' : 'client';
}

function copy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes);
}

function wrongState(why: string): SelvageError {
  return new SelvageError('wrong-state', `EC-JPAKE: ${why}`);
}
