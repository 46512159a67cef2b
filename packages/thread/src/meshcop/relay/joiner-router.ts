import { encode, type Engine, type Instant, type Secret } from '@selvage/core';
import type { Dataset } from '../../dataset/dataset.js';
import { type MeshcopTlv, meshcopTlvs } from '../tlv/meshcop-tlvs.js';
import { decodeRelayed, encodeRelayed } from './relay-messages.js';

/** A joiner in range: its interface identifier on the link, and its port. */
export interface JoinerEndpoint {
  readonly interfaceId: Uint8Array;
  readonly udpPort: number;
}

/** How a joiner router is made. */
export interface JoinerRouterOptions {
  /** Our RLOC16 now. */
  readonly locator: () => number;
  /** What a joiner is entrusted with: the active dataset, key included, and the key sequence; undefined while it is not there. */
  readonly entrusts: () => { readonly dataset: Dataset; readonly keySequence: number } | undefined;
}

/** What a joiner router is told. */
export type JoinerRouterInput =
  /** From a joiner, to the joiner UDP port, in a frame that nothing protects. */
  | { readonly kind: 'joiner'; readonly from: JoinerEndpoint; readonly payload: Uint8Array }
  /** RLY_TX, from a node of the network. */
  | { readonly kind: 'relayed'; readonly message: Uint8Array }
  /** A joiner has acknowledged the JOIN_ENT that it was sent. */
  | { readonly kind: 'entrusted'; readonly interfaceId: Uint8Array };

/** What a joiner router wants done, or tells. */
export type JoinerRouterOutput =
  /** RLY_RX, for the border agent of the commissioner, by `c/rx`. */
  | { readonly kind: 'relay'; readonly message: Uint8Array }
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: JoinerEndpoint }
  /**
   * JOIN_ENT, for the joiner by `c/je` under the KEK: sent, and sent again until it is acknowledged. The payload, which has
   * the network key, belongs to the receiver; the KEK is the router's, and gone with `done`.
   */
  | {
      readonly kind: 'entrust';
      readonly to: JoinerEndpoint;
      readonly kek: Secret;
      readonly payload: Uint8Array;
      readonly attempt: number;
    }
  /** What is kept for the joiner may be forgotten. */
  | { readonly kind: 'done'; readonly interfaceId: Uint8Array; readonly acknowledged: boolean };

interface Entrusting {
  readonly to: JoinerEndpoint;
  readonly kek: Secret;
  attempts: number;
  next: Instant;
}

/** How long a joiner has to read the answer to JOIN_FIN before JOIN_ENT comes, milliseconds. */
const firstDelay = 20;
/**
 * From the first JOIN_ENT to the second, milliseconds, then twice as long each time; and how many there are. A joiner that
 * has it may be gone before it can say so, and one that has not waits for about as long.
 */
const [firstPause, mostAttempts] = [250, 5] as const;
/** Joiners that are entrusted at a time: who floods us with KEKs makes us hold no more. */
const mostEntrusting = 32;

/**
 * A router that lets joiners speak to the commissioner, and entrusts those that it accepts (Thread 1.3 §8.4.4.3, §8.4.4.6).
 * It reads nothing of what it passes on.
 */
export class JoinerRouter implements Engine<JoinerRouterInput, JoinerRouterOutput> {
  readonly #options: JoinerRouterOptions;
  readonly #outputs: JoinerRouterOutput[] = [];
  readonly #entrusting = new Map<string, Entrusting>();

  constructor(options: JoinerRouterOptions) {
    this.#options = options;
  }

  get deadline(): Instant | undefined {
    let least = Infinity;
    for (const { next } of this.#entrusting.values()) least = Math.min(least, next);
    return least === Infinity ? undefined : least;
  }

  handle(input: JoinerRouterInput, now: Instant): void {
    switch (input.kind) {
      case 'joiner': {
        const { interfaceId, udpPort } = input.from;
        const relayed = { interfaceId, udpPort, locator: this.#options.locator(), payload: input.payload };
        this.#outputs.push({ kind: 'relay', message: encodeRelayed(relayed) });
        return;
      }
      case 'relayed':
        return this.#relayed(input.message, now);
      case 'entrusted':
        return this.#over(String(input.interfaceId), true);
    }
  }

  poll(now: Instant): JoinerRouterOutput | undefined {
    for (const [key, entrusting] of this.#entrusting) if (entrusting.next <= now) this.#entrust(key, entrusting, now);
    return this.#outputs.shift();
  }

  /** Forgets everybody, as with the end of the role. */
  clear(): void {
    for (const key of this.#entrusting.keys()) this.#over(key, false);
  }

  #relayed(message: Uint8Array, now: Instant): void {
    const relayed = decodeRelayed(message);
    // A joiner router speaks for itself alone.
    if (relayed === undefined || relayed.locator !== this.#options.locator()) return;
    const { interfaceId, udpPort, payload, kek } = relayed;
    const to = { interfaceId, udpPort };
    if (payload.length > 0) this.#outputs.push({ kind: 'transmit', payload, to });
    if (kek === undefined) return;
    const key = String(interfaceId);
    const known = this.#entrusting.get(key);
    if (known === undefined && this.#entrusting.size >= mostEntrusting) return kek.dispose();
    known?.kek.dispose();
    this.#entrusting.set(key, { to, kek, attempts: 0, next: now + firstDelay });
  }

  #entrust(key: string, entrusting: Entrusting, now: Instant): void {
    const entrusts = this.#options.entrusts();
    if (entrusts === undefined || entrusting.attempts >= mostAttempts) return this.#over(key, false);
    entrusting.next = now + firstPause * 2 ** entrusting.attempts;
    const payload = encode(meshcopTlvs, entrustedTlvs(entrusts.dataset, entrusts.keySequence));
    this.#outputs.push({
      kind: 'entrust',
      to: entrusting.to,
      kek: entrusting.kek,
      payload,
      attempt: entrusting.attempts++,
    });
  }

  #over(key: string, acknowledged: boolean): void {
    const entrusting = this.#entrusting.get(key);
    if (entrusting === undefined) return;
    this.#entrusting.delete(key);
    entrusting.kek.dispose();
    this.#outputs.push({ kind: 'done', interfaceId: entrusting.to.interfaceId, acknowledged });
  }
}

/** In the order in which OpenThread has them. */
const fields = [
  'networkKey',
  'meshLocalPrefix',
  'extendedPanId',
  'networkName',
  'activeTimestamp',
  'channelMask',
  'pskc',
  'securityPolicy',
] as const;

/** The TLVs of JOIN_ENT. */
function entrustedTlvs(dataset: Dataset, keySequence: number): readonly MeshcopTlv[] {
  const tlvs: MeshcopTlv[] = [];
  for (const field of fields) {
    const value = dataset.get(field);
    if (value !== undefined) tlvs.push({ type: field, value } as MeshcopTlv);
  }
  tlvs.push({ type: 'networkKeySequence', value: keySequence });
  return tlvs;
}
