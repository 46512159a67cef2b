import type { Secret } from '@selvage/core';
import type {
  AgreeRequest,
  Derivation,
  DeriveRequest,
  KeyHandle,
  KeyPolicy,
  MacRequest,
  SignRequest,
} from '@selvage/crypto';
import { handleOf, requireKeyId } from './key-format.js';
import { checkClient, checkLabel } from './names.js';
import type { VaultKeyHandle, VaultKeyOptions, VaultKeys } from './vault.js';
import type { VaultCalls } from './vault-calls.js';
import { checkWirePolicy } from './wire-policy.js';
import { partLength } from './vault-service.js';
import type { RequestOf } from './vault-wire.js';

/** The keys of a vault that is somewhere else: a client's end of a channel to it. */
export class VaultKeyHome implements VaultKeys {
  readonly #calls: VaultCalls;
  readonly #owner: string;

  /** @param owner as whom the vault knows the client */
  constructor(calls: VaultCalls, owner: string) {
    this.#calls = calls;
    this.#owner = owner;
  }

  async generate(policy: KeyPolicy, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    checkNew(policy, options);
    return handleOf(await this.#calls.call('generate', { policy, label: options?.label ?? '' }));
  }

  async importKey(policy: KeyPolicy, key: Secret, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    checkNew(policy, options);
    const request = { policy, label: options?.label ?? '', key: key.reveal() };
    return handleOf(await this.#calls.call('importKey', request));
  }

  async publicKey(handle: KeyHandle): Promise<Uint8Array> {
    return (await this.#calls.call('publicKey', { id: requireKeyId(handle) })).publicKey;
  }

  async sign({ handle, hash: given, message }: SignRequest): Promise<Uint8Array> {
    const [id, hash] = [requireKeyId(handle), given ?? ('none' as const)];
    if (message.length <= partLength) return (await this.#calls.call('sign', { id, hash, message })).signature;
    const transfer = await this.#calls.upload(message);
    return (await this.#calls.call('signTransfer', { id, hash, transfer })).signature;
  }

  async agree({ handle, publicKey }: AgreeRequest): Promise<Uint8Array> {
    return (await this.#calls.call('agree', { id: requireKeyId(handle), publicKey })).secret;
  }

  async mac({ handle, message }: MacRequest): Promise<Uint8Array> {
    return (await this.#calls.call('mac', { id: requireKeyId(handle), message })).tag;
  }

  async derive({ handle, derivation }: DeriveRequest): Promise<Uint8Array> {
    const request = { id: requireKeyId(handle), derivation: wireDerivation(derivation) };
    return (await this.#calls.call('derive', request)).key;
  }

  async destroy(handle: KeyHandle): Promise<void> {
    await this.#calls.call('destroy', { id: requireKeyId(handle) });
  }

  async list(): Promise<readonly VaultKeyHandle[]> {
    return (await this.#calls.call('list', {})).keys.map(handleOf);
  }

  async labelled(label: string): Promise<VaultKeyHandle | undefined> {
    return (await this.list()).find((handle) => handle.label === label && handle.owner === this.#owner);
  }

  async grant(handle: KeyHandle, client: string): Promise<void> {
    checkClient(client);
    await this.#calls.call('grant', { id: requireKeyId(handle), client });
  }
}

/** What the vault would refuse is refused here: it counts who asks for what makes no sense. */
function checkNew(policy: KeyPolicy, { label }: VaultKeyOptions = {}): void {
  checkWirePolicy(policy);
  if (label !== undefined) checkLabel(label);
}

function wireDerivation(derivation: Derivation): RequestOf<'derive'>['derivation'] {
  const { kind, ...value } = derivation;
  return { type: kind, value } as RequestOf<'derive'>['derivation'];
}
