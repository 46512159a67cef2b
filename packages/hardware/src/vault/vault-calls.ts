import { decode, encode, SelvageError } from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import { partLength } from './vault-service.js';
import {
  type AnswerOf,
  type Operation,
  type RequestOf,
  type VaultOperationName,
  vaultOperations,
  vaultService,
} from './vault-wire.js';

/** How a client asks. */
export interface VaultCallOptions {
  /** The channel's lane: 0 for the application, 1 for the network. */
  readonly lane?: number | undefined;
  /** Where it aborts what waits is withdrawn, and rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
}

const storing: ReadonlySet<VaultOperationName> = new Set([
  ...(['get', 'put', 'putTransfer', 'delete', 'names', 'count', 'advance'] as const),
  ...(['beginTransfer', 'writeTransfer', 'readTransfer', 'endTransfer'] as const),
]);

/** What takes less than waking up: a key agreement takes longer. */
const quick: ReadonlySet<VaultOperationName> = new Set(['publicKey', 'sign', 'mac', 'derive'] as const);

/** The operations of the vault, asked over a channel. */
export class VaultCalls {
  readonly #channel: Channel;
  readonly #options: VaultCallOptions;

  constructor(channel: Channel, options: VaultCallOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /**
   * @throws SelvageError what the vault throws; `cancelled`, `payload-too-large`, `too-many-requests`; where the vault is
   *   gone `key-operation-failed`, or `store-failed` for what is stored
   */
  async call<Name extends VaultOperationName>(name: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>> {
    const operation = vaultOperations[name] as unknown as Operation<RequestOf<Name>, AnswerOf<Name>>;
    const body = encode(operation.request, request, name);
    try {
      return decode(operation.answer, await this.#ask(name, operation.number, body), name);
    } finally {
      // It may hold a key that is imported, or a value.
      body.fill(0);
    }
  }

  /** Gives the vault a value in parts; it takes it by the number that is returned. */
  async upload(value: Uint8Array): Promise<number> {
    const { transfer } = await this.call('beginTransfer', { length: value.length });
    for (let offset = 0; offset < value.length; offset += partLength) {
      await this.call('writeTransfer', { transfer, offset, bytes: value.subarray(offset, offset + partLength) });
    }
    return transfer;
  }

  /** Takes a value that the vault offers in parts. */
  async download(transfer: number, length: number): Promise<Uint8Array> {
    const value = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += partLength) {
      const { bytes } = await this.call('readTransfer', { transfer, offset });
      value.set(bytes.subarray(0, length - offset), offset);
    }
    await this.call('endTransfer', { transfer });
    return value;
  }

  async #ask(name: VaultOperationName, number: number, body: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#channel.request(vaultService, number, body, { ...this.#options, isQuick: quick.has(name) });
    } catch (cause) {
      if (!(cause instanceof SelvageError) || cause.code !== 'port-closed') throw cause;
      const code = storing.has(name) ? 'store-failed' : 'key-operation-failed';
      throw new SelvageError(code, 'the vault is gone, or was closed', { cause });
    }
  }
}
