import { concat } from '@selvage/core';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { HandshakeMessage } from '../protocol/handshake.js';

/**
 * The handshake messages that both sides hash, in order and unfragmented (RFC 6347 §4.2.6): without the first
 * ClientHello, HelloVerifyRequest and HelloRequest. Immutable, so a flight that proves false is simply not kept.
 */
export class Transcript {
  static readonly empty = new Transcript([]);
  readonly #messages: readonly Uint8Array[];

  private constructor(messages: readonly Uint8Array[]) {
    this.#messages = messages;
  }

  with(...messages: readonly HandshakeMessage[]): Transcript {
    return new Transcript([...this.#messages, ...messages.map((message) => message.raw)]);
  }

  hash(core: CryptoCore, algorithm: HashAlgorithm = 'sha256'): Uint8Array {
    return core.hash(algorithm, ...this.#messages);
  }

  /** All messages as one: what CertificateVerify signs (RFC 5246 §7.4.8). */
  bytes(): Uint8Array {
    return concat(...this.#messages);
  }
}
