import { checkStoreName, SelvageError } from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import { checkLabel } from './names.js';
import type { Vault } from './vault.js';
import { VaultCalls, type VaultCallOptions } from './vault-calls.js';
import { VaultKeyHome } from './vault-key-home.js';
import { VaultStore } from './vault-store.js';
import { vaultVersion } from './vault-wire.js';

/** A client's end of a channel to a vault. */
export class VaultClient implements Vault {
  readonly owner: string;
  readonly keys: VaultKeyHome;
  readonly store: VaultStore;
  readonly #channel: Channel;
  readonly #calls: VaultCalls;

  private constructor(channel: Channel, owner: string, options: VaultCallOptions) {
    this.#channel = channel;
    this.owner = owner;
    this.#calls = new VaultCalls(channel, options);
    this.keys = new VaultKeyHome(this.#calls, owner);
    this.store = new VaultStore(this.#calls);
  }

  /**
   * Greets the vault at the other end, which says as whom it knows this client.
   * @throws SelvageError `protocol-version` where it speaks another version
   */
  static async connect(channel: Channel, options: VaultCallOptions = {}): Promise<VaultClient> {
    const { owner, version } = await new VaultCalls(channel, options).call('hello', { version: vaultVersion });
    if (version !== vaultVersion) {
      throw new SelvageError('protocol-version', `the vault speaks version ${version}, this client ${vaultVersion}`);
    }
    return new VaultClient(channel, owner, options);
  }

  /** The same client on another lane, or with another signal that withdraws what waits. */
  with(options: VaultCallOptions): VaultClient {
    return new VaultClient(this.#channel, this.owner, options);
  }

  async seal(label: string, data: Uint8Array): Promise<Uint8Array> {
    checkLabel(label);
    return (await this.#calls.call('seal', { label, data })).sealed;
  }

  async open(label: string, sealed: Uint8Array): Promise<Uint8Array> {
    checkLabel(label);
    return (await this.#calls.call('open', { label, sealed })).data;
  }

  async count(name: string): Promise<number> {
    checkStoreName(name);
    return (await this.#calls.call('count', { name })).count;
  }

  async advance(name: string, to: number): Promise<void> {
    checkStoreName(name);
    await this.#calls.call('advance', { name, to });
  }

  async attest(nonce: Uint8Array): Promise<Uint8Array> {
    return (await this.#calls.call('attest', { nonce })).token;
  }

  async erase(): Promise<void> {
    await this.#calls.call('erase', {});
  }
}
