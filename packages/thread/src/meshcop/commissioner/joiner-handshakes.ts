import { bytesEqual, type Instant, type SelvageError } from '@selvage/core';
import type { CloseReason, DtlsConfiguration, DtlsPeer } from '@selvage/dtls';
import { joinFailed, type JoinFailure } from '../join-failure.js';
import { passphraseSession } from '../secured/passphrase-sessions.js';
import type { JoinerAdmissionOptions, JoinerProgress } from './admission-io.js';
import type { JoinerEntry } from './joiner-table.js';
import { RecentJoiners } from './recent-joiners.js';
import type { RelayAddress } from './relay-address.js';
import { WrongGuesses } from './wrong-guesses.js';

/** What handshakes with joiners are begun with. */
export type HandshakeOptions = Pick<JoinerAdmissionOptions, 'core' | 'entropy' | 'joiners'> &
  Required<Pick<JoinerAdmissionOptions, 'handshakesWithoutCookie'>>;

/** Tells people what happens to a joiner. */
export type JoinerTeller = (joinerId: Uint8Array, entry: JoinerEntry | undefined, progress: JoinerProgress) => void;

/** A handshake under way. */
export interface JoinerHandshake {
  readonly joinerId: Uint8Array;
  readonly entry: JoinerEntry;
}

/** A joiner that was accepted and is back within this time never got the network key, milliseconds. */
const comesBackWithin = 30_000;
/** Milliseconds. */
const refusedFor = 3000;
/** Longer than a joiner's handshake lasts: what it says next must not meet a server that needs no cookie any more, milliseconds. */
const askedFor = 60_000;

/** The handshakes with joiners: who may begin one and with which passphrase, who shows a cookie first, and why one failed. */
export class JoinerHandshakes {
  readonly #options: HandshakeOptions;
  readonly #tell: JoinerTeller;
  /** The entries of those under way, by the joiner's address. */
  readonly #underWay = new Map<string, { readonly from: RelayAddress; readonly entries: readonly JoinerEntry[] }>();
  readonly #guesses = new WrongGuesses();
  /** Whose proof was wrong; it is waited for a right one, but a guess is a guess however the handshake then ends. */
  readonly #doubted = new Set<DtlsPeer<RelayAddress>>();
  readonly #accepted = new RecentJoiners(comesBackWithin);
  /** Who is told already that it is refused: it asks once more before it believes that. */
  readonly #refused = new RecentJoiners(refusedFor);
  /** Who was asked for a cookie. */
  readonly #asked = new RecentJoiners(askedFor);

  constructor(options: HandshakeOptions, tell: JoinerTeller) {
    this.#options = options;
    this.#tell = tell;
  }

  /**
   * Not from whoever is on the list by its EUI-64, while there is room; but who was asked for one once is asked again.
   * @param count of handshakes under way
   */
  needsCookie({ joinerId }: RelayAddress, count: number, now: Instant): boolean {
    const { handshakesWithoutCookie, joiners } = this.#options;
    const isFew = count < handshakesWithoutCookie;
    // A second handshake in one name, from whatever port, or one with who has left, may be an old or a forged ClientHello.
    const isNew = !this.#isUnderWay(joinerId) && !this.#accepted.has(joinerId, now);
    // Where anybody may join, anybody could begin handshakes in names without end.
    const isListed = joiners.find(joinerId)?.selector.kind === 'eui64';
    const isFree = isFew && isNew && isListed && !this.#asked.has(joinerId, now);
    if (!isFree) this.#asked.add(joinerId, now);
    return !isFree;
  }

  /** How a joiner that may begin a handshake is answered. */
  begin(from: RelayAddress, now: Instant): DtlsConfiguration | 'access_denied' | 'handshake_failure' {
    const { core, entropy, joiners } = this.#options;
    const { joinerId } = from;
    const entry = joiners.find(joinerId);
    if (entry === undefined) {
      this.#refuse(joinerId, entry, 'not-admitted', now);
      return 'access_denied';
    }
    if (this.#guesses.isPaused(joinerId, now) || !joiners.hasTriesLeft(entry)) {
      this.#refuse(joinerId, entry, 'session-limit', now);
      return 'handshake_failure';
    }
    if (this.#accepted.take(joinerId, now))
      this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed('kek-lost') });
    this.#tell(joinerId, entry, { kind: 'step', step: 'handshake' });
    entry.underWay++;
    const entries = [...(this.#underWay.get(from.key)?.entries ?? []), entry];
    this.#underWay.set(from.key, { from, entries });
    return passphraseSession(core, entropy, entry.passphrase);
  }

  /** Something speaks against one that goes on. */
  doubt(dtls: DtlsPeer<RelayAddress>): void {
    this.#doubted.add(dtls);
  }

  /** A joiner proved its passphrase. Returns its entry; undefined where no handshake of its was under way. */
  connected(dtls: DtlsPeer<RelayAddress>): JoinerEntry | undefined {
    this.#doubted.delete(dtls);
    return this.#over(dtls.address);
  }

  /** One ended without a session. */
  closed(dtls: DtlsPeer<RelayAddress>, reason: CloseReason, now: Instant): void {
    const isDoubted = this.#doubted.delete(dtls);
    const entry = this.#over(dtls.address);
    if (reason.by !== 'error' || entry === undefined) return;
    const { joinerId } = dtls.address;
    this.#failed(joinerId, entry, isDoubted ? 'wrong-pskd' : failureOf(reason.error), reason.error, now);
  }

  /** A joiner has the KEK on its way to it: should it be back soon, that was lost. */
  accepted(joinerId: Uint8Array, now: Instant): void {
    this.#accepted.add(joinerId, now);
  }

  /** Forgets those under way, and returns them. */
  abandon(): readonly JoinerHandshake[] {
    const all = [...this.#underWay.values()].flatMap(({ from, entries }) =>
      entries.map((entry) => ({ joinerId: from.joinerId, entry })),
    );
    for (const { entry } of all) entry.underWay--;
    this.#underWay.clear();
    this.#doubted.clear();
    return all;
  }

  #isUnderWay(joinerId: Uint8Array): boolean {
    for (const { from } of this.#underWay.values()) if (bytesEqual(from.joinerId, joinerId)) return true;
    return false;
  }

  #refuse(joinerId: Uint8Array, entry: JoinerEntry | undefined, failure: JoinFailure, now: Instant): void {
    if (!this.#refused.add(joinerId, now)) return;
    this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed(failure) });
  }

  /** The entry of the oldest handshake with an address, which is one no longer. */
  #over(from: RelayAddress): JoinerEntry | undefined {
    const [entry, ...entries] = this.#underWay.get(from.key)?.entries ?? [];
    if (entries.length > 0) this.#underWay.set(from.key, { from, entries });
    else this.#underWay.delete(from.key);
    if (entry !== undefined) entry.underWay--;
    return entry;
  }

  #failed(joinerId: Uint8Array, entry: JoinerEntry, failure: JoinFailure, error: SelvageError, now: Instant): void {
    if (failure === 'wrong-pskd') {
      this.#guesses.add(joinerId, now);
      this.#options.joiners.guessed(entry);
    }
    const seen =
      failure === 'flight-lost' ? { 'waiting for': String(error.details?.['waitingFor'] ?? 'the next flight') } : {};
    this.#tell(joinerId, entry, { kind: 'failed', error: joinFailed(failure, seen) });
  }
}

function failureOf({ code }: SelvageError): JoinFailure {
  switch (code) {
    case 'handshake-timeout':
      return 'flight-lost';
    case 'session-closed':
      return 'session-limit';
    default:
      return 'wrong-pskd';
  }
}
