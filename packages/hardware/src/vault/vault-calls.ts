import { decode, encode } from '@selvage/core';
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

/** The operations of the vault, asked over a channel. */
export class VaultCalls {
  readonly #channel: Channel;
  readonly #options: VaultCallOptions;

  constructor(channel: Channel, options: VaultCallOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  /** @throws SelvageError what the vault throws, and as {@link Channel.request} */
  async call<Name extends VaultOperationName>(name: Name, request: RequestOf<Name>): Promise<AnswerOf<Name>> {
    const operation = vaultOperations[name] as unknown as Operation<RequestOf<Name>, AnswerOf<Name>>;
    const body = encode(operation.request, request, name);
    return decode(
      operation.answer,
      await this.#channel.request(vaultService, operation.number, body, this.#options),
      name,
    );
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
}
