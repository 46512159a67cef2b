import { decode, encode, FormatError, Secret, SelvageError } from '@selvage/core';
import type { Derivation } from '@selvage/crypto';
import type { ChannelService } from '../channel/serving.js';
import type { ChannelRequest } from '../channel/inbound.js';
import { infoOf } from './key-format.js';
import { Transfers } from './transfers.js';
import type { Vault } from './vault.js';
import {
  type AnswerOf,
  type Operation,
  type RequestOf,
  type VaultOperationName,
  vaultOperations,
  vaultVersion,
} from './vault-wire.js';

/** Bytes of a part of a value that does not fit a frame. */
export const partLength = 65_536;
/** Bytes of names in one answer. */
const longestNames = 65_536;
/** Bytes that one derivation gives at most: its time is another's wait. */
const longestDerivation = 4096;

type Handlers = {
  readonly [Name in Exclude<VaultOperationName, 'hello'>]: (
    request: RequestOf<Name>,
  ) => AnswerOf<Name> | Promise<AnswerOf<Name>>;
};

const done = {};

/** Serves a vault to one client on a channel: `channel.serve(vaultService, serveVault(engine.client('firmware')))`. */
export function serveVault(vault: Vault): ChannelService {
  const handlers = handlersOf(vault);
  let isGreeted = false;
  const request = async ({ operation, body }: ChannelRequest): Promise<Uint8Array> => {
    const name = namesByNumber.get(operation);
    if (name === undefined) throw new FormatError('invalid-value', `the vault has no operation ${operation}`);
    if (name === 'hello') {
      // Done at once: what comes on its heels is asked by a client that was greeted.
      const answer = greet(vault, decode(vaultOperations.hello.request, body, name));
      isGreeted = true;
      return encode(vaultOperations.hello.answer, answer, name);
    }
    if (!isGreeted) throw otherVersion('the client did not say which version it speaks');
    return serve(name, handlers, body);
  };
  return { request };
}

const namesByNumber = new Map(
  Object.entries(vaultOperations).map(([name, { number }]) => [number, name as VaultOperationName]),
);

/** @throws SelvageError `protocol-version` */
function greet(vault: Vault, { version }: RequestOf<'hello'>): AnswerOf<'hello'> {
  if (version === vaultVersion) return { version, owner: vault.owner };
  throw otherVersion(`the client speaks version ${version} of the vault's operations`);
}

async function serve<Name extends Exclude<VaultOperationName, 'hello'>>(
  name: Name,
  handlers: Handlers,
  body: Uint8Array,
): Promise<Uint8Array> {
  const { request, answer } = vaultOperations[name] as unknown as Operation<RequestOf<Name>, AnswerOf<Name>>;
  return encode(answer, await handlers[name](decode(request, body, name)), name);
}

function handlersOf(vault: Vault): Handlers {
  const { keys, store } = vault;
  const transfers = new Transfers();
  const handle = (id: string) => ({ id, algorithm: 'derive', usages: [], publicKey: undefined }) as const;
  const hashOf = (hash: 'none' | 'sha256' | 'sha384' | 'sha512') => (hash === 'none' ? undefined : hash);

  return {
    generate: async ({ policy, label }) => infoOf(await keys.generate(policy, { label: label || undefined })),
    importKey: async ({ policy, label, key }) => {
      const secret = Secret.of(key);
      key.fill(0);
      try {
        return infoOf(await keys.importKey(policy, secret, { label: label || undefined }));
      } finally {
        secret.dispose();
      }
    },
    publicKey: async ({ id }) => ({ publicKey: await keys.publicKey(handle(id)) }),
    sign: async ({ id, hash, message }) => ({
      signature: await keys.sign({ handle: handle(id), hash: hashOf(hash), message }),
    }),
    signTransfer: async ({ id, hash, transfer }) => ({
      signature: await keys.sign({ handle: handle(id), hash: hashOf(hash), message: transfers.take(transfer) }),
    }),
    agree: async ({ id, publicKey }) => ({ secret: await keys.agree({ handle: handle(id), publicKey }) }),
    mac: async ({ id, message }) => ({ tag: await keys.mac({ handle: handle(id), message }) }),
    derive: async ({ id, derivation }) => ({
      key: await keys.derive({ handle: handle(id), derivation: derivationOf(derivation) }),
    }),
    destroy: async ({ id }) => (await keys.destroy(handle(id)), done),
    list: async () => ({ keys: (await keys.list()).map(infoOf) }),
    grant: async ({ id, client }) => (await keys.grant(handle(id), client), done),

    get: async ({ name }) => {
      const value = await store.get(name);
      if (value === undefined) return { type: 'absent', value: {} };
      if (value.length <= partLength) return { type: 'value', value: { value } };
      return { type: 'transfer', value: { transfer: transfers.offer(value), length: value.length } };
    },
    put: async ({ name, value }) => (await store.put(name, value), done),
    putTransfer: async ({ name, transfer }) => (await store.put(name, transfers.take(transfer)), done),
    delete: async ({ name }) => (await store.delete(name), done),
    names: async ({ after }) => ({ names: namesBehind(await store.names(), after) }),

    beginTransfer: ({ length }) => ({ transfer: transfers.begin(length) }),
    writeTransfer: ({ transfer, offset, bytes }) => (transfers.write(transfer, offset, bytes), done),
    readTransfer: ({ transfer, offset }) => ({ bytes: transfers.read(transfer, offset, partLength) }),
    endTransfer: ({ transfer }) => (transfers.take(transfer).fill(0), done),

    seal: async ({ label, data }) => ({ sealed: await vault.seal(label, data) }),
    open: async ({ label, sealed }) => ({ data: await vault.open(label, sealed) }),
    count: async ({ name }) => ({ count: await vault.count(name) }),
    advance: async ({ name, to }) => (await vault.advance(name, to), done),
    attest: async ({ nonce }) => ({ token: await vault.attest(nonce) }),
    erase: async () => (await vault.erase(), done),
  };
}

/** The next names, as many as an answer holds; the last of them asks for more. */
function namesBehind(names: readonly string[], after: string): string[] {
  const some: string[] = [];
  let length = 0;
  for (const name of names.filter((other) => other > after)) {
    length += 1 + name.length;
    if (length > longestNames) break;
    some.push(name);
  }
  return some;
}

function derivationOf(derivation: RequestOf<'derive'>['derivation']): Derivation {
  switch (derivation.type) {
    case 'hkdf':
    case 'tls-prf': {
      const { hash, length } = derivation.value;
      if (hash === 'none') throw new FormatError('invalid-value', 'a derivation has a hash');
      if (length > longestDerivation) {
        const problem = `the vault derives ${longestDerivation} bytes at a time, not ${length}`;
        throw new SelvageError('invalid-length', problem, { details: { length } });
      }
      return { kind: derivation.type, ...derivation.value, hash } as Derivation;
    }
    case 'hmac-sha256':
      return { kind: 'hmac-sha256', input: derivation.value.input };
    case 'unknown':
      throw new FormatError('invalid-value', `there is no derivation ${derivation.tag}`);
  }
}

function otherVersion(problem: string): SelvageError {
  return new SelvageError('protocol-version', `${problem}; this vault speaks version ${vaultVersion}`, {
    details: { ours: vaultVersion },
    remedy: 'Use the same version of Selvage on both sides.',
  });
}
