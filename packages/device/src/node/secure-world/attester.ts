import type { CryptoCore } from '@selvage/crypto';
import {
  type Attester,
  type BootStart,
  instanceIdOf,
  lifeCycleOfBoard,
  makeToken,
  normalWorldClient,
  type VaultEngine,
} from '@selvage/hardware';
import { SelvageError } from '@selvage/core';
import { attestationLabel, boardValues, vaultClients } from '../board/board-vault.js';
import { readChain } from '../board/chain.js';
import { implementationId } from './implementation.js';

/** What is attested of a start. */
export interface AttestedStart {
  readonly core: CryptoCore;
  readonly start: BootStart;
  /** What keeps the firmware in. */
  readonly isolation: string;
}

/**
 * What makes the tokens of a board that was started: signed with a key of the secure world, which its manufacturer
 * certified and nobody else may use. @throws SelvageError `store-failed` where the board was not made to attest
 */
export async function attesterOf(
  vault: VaultEngine,
  { core, start, isolation }: AttestedStart,
): Promise<Attester | undefined> {
  const { keys, store } = vault.client(vaultClients.board);
  const key = await keys.labelled(attestationLabel);
  if (key?.publicKey === undefined) return undefined;
  const instance = instanceIdOf(core, { kind: 'p256', publicKey: key.publicKey });
  const chain = await readChain(store, boardValues.attestationChain);
  const lifeCycle = lifeCycleOfBoard[start.lifeCycle];
  const components = start.measurements;
  return (nonce, client) => {
    if (client !== vaultClients.firmware) throw new SelvageError('attestation-refused', `${client} attests to nothing`);
    return makeToken(
      { keys, key, chain },
      {
        nonce,
        instance,
        implementation: implementationId(core),
        bootSeed: start.bootSeed,
        client: normalWorldClient,
        lifeCycle,
        components,
        isolation,
      },
    );
  };
}
