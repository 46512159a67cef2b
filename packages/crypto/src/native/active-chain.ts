import type { ActiveMember, ActiveOwner } from './active-set.js';
import { RunningDecryption, RunningEncryption } from './running-cbc.js';

/** What a CBC key holds while messages flow: cipher objects, and a seat among the active ones. */
export class ActiveChain implements ActiveMember {
  readonly owner: ActiveOwner;
  newer: ActiveMember | undefined;
  older: ActiveMember | undefined;
  #encryption: RunningEncryption | undefined;
  #decryption: RunningDecryption | undefined;

  constructor(owner: ActiveOwner) {
    this.owner = owner;
  }

  encrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    this.#encryption ??= new RunningEncryption(key);
    return this.#encryption.encrypt(iv, blocks);
  }

  decrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    this.#decryption ??= new RunningDecryption(key);
    return this.#decryption.decrypt(iv, blocks);
  }
}
