import type { ServerResponse } from '@selvage/coap';
import { type CborValue, type Clock, type Instant, SelvageError } from '@selvage/core';
import type { ResourceFacts } from '../../model/resource.js';
import { ocfResponse } from '../../payload/response.js';
import {
  attestationNonce,
  attestationPath,
  attestationType,
  readAttestationRequest,
  writeAttestationAnswer,
} from '../../security/attestation.js';
import type { PeerSession } from '../session/peer-session.js';

/** Has the device attest with a nonce of 32 bytes; the token comes from where the attestation key lives. */
export type Attest = (nonce: Uint8Array) => Promise<Uint8Array>;

/** No link leads to it: it is there for one connection, and for as long as the device has no owner. */
export const attestationFacts: ResourceFacts = {
  path: attestationPath,
  types: [attestationType],
  interfaces: ['oic.if.rw', 'oic.if.baseline'],
  kind: 'attestation',
  discoverable: false,
  observable: false,
  secure: true,
};

/** Tokens of one onboarding connection, at most: a tool needs one. */
const tokensPerSession = 3;
/** Tokens of all connections together: so many at once, and then one in so long, ms. */
const [tokensAtOnce, refill] = [8, 10_000];

/**
 * Answers challenges with tokens. Anybody may have the onboarding connection of a device without an owner, and each token
 * costs a signature of the vault: so there is an end to it.
 */
export class AttestationResource {
  readonly #attest: Attest;
  readonly #clock: Clock;
  readonly #given = new WeakMap<PeerSession, number>();
  /** Since when there has been room for all tokens at once. */
  #from: Instant = -tokensAtOnce * refill;
  #isBusy = false;

  constructor(attest: Attest, clock: Clock) {
    this.#attest = attest;
    this.#clock = clock;
  }

  /**
   * The answer to a challenge that came in a session.
   * @throws SelvageError (rejects) `invalid-value` (4.00), `too-many-requests` (4.29), `insufficient-security` for a
   *   session that its nonce could not be bound to, and as whoever attests
   */
  async answer(value: CborValue, session: PeerSession): Promise<ServerResponse> {
    const { challenge } = readAttestationRequest(value);
    if (!session.isBoundToHandshake) {
      throw new SelvageError('insufficient-security', 'a session without an extended master secret has no nonce');
    }
    this.#take(session);
    this.#isBusy = true;
    try {
      const token = await this.#attest(attestationNonce(session, challenge));
      return ocfResponse('2.04', writeAttestationAnswer({ token }));
    } finally {
      this.#isBusy = false;
    }
  }

  /** Takes one token of what there is. */
  #take(session: PeerSession): void {
    const given = this.#given.get(session) ?? 0;
    const now = this.#clock.now();
    const from = Math.max(this.#from, now - tokensAtOnce * refill) + refill;
    if (this.#isBusy || given >= tokensPerSession || from > now) {
      throw new SelvageError('too-many-requests', 'the device has attested as often as it does', {
        fault: 'peer',
        remedy: `open another connection, ${refill / 1000} s later`,
      });
    }
    this.#from = from;
    this.#given.set(session, given + 1);
  }
}
