import { type Entropy, Secret } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import type { CryptoCore } from '@selvage/crypto';
import { EcJpake } from '@selvage/crypto/portable';

export type Side = 'client' | 'server';

/** One side with the password `J01NME` and entropy of its own from a seed, unless told otherwise. */
export function makeSide(
  core: CryptoCore,
  role: Side,
  options: { readonly password?: Secret; readonly seed?: string; readonly entropy?: Entropy } = {},
): EcJpake {
  const entropy = options.entropy ?? new SeededEntropy(`${options.seed ?? 'ecjpake'}/${role}`);
  return new EcJpake({ core, role, password: options.password ?? Secret.text('J01NME'), entropy });
}

/** Both messages of each side, and what each derived. */
export interface Exchange {
  readonly messages: Readonly<Record<Side, readonly [Uint8Array, Uint8Array]>>;
  readonly secrets: Readonly<Record<Side, Uint8Array>>;
}

/** A whole exchange between fresh sides, in the order of a DTLS handshake. */
export function exchange(client: EcJpake, server: EcJpake): Exchange {
  const clientOne = client.writeRoundOne();
  server.readRoundOne(clientOne);
  const serverOne = server.writeRoundOne();
  client.readRoundOne(serverOne);
  const serverTwo = server.writeRoundTwo();
  client.readRoundTwo(serverTwo);
  const clientTwo = client.writeRoundTwo();
  server.readRoundTwo(clientTwo);
  return {
    messages: { client: [clientOne, clientTwo], server: [serverOne, serverTwo] },
    secrets: { client: client.premasterSecret(), server: server.premasterSecret() },
  };
}

/** Two sides that have exchanged round one, and what they sent. */
export function reachRoundOne(core: CryptoCore): Record<Side, EcJpake> & { messages: Record<Side, Uint8Array> } {
  const [client, server] = [makeSide(core, 'client'), makeSide(core, 'server')];
  const messages = { client: client.writeRoundOne(), server: server.writeRoundOne() };
  server.readRoundOne(messages.client);
  client.readRoundOne(messages.server);
  return { client, server, messages };
}
