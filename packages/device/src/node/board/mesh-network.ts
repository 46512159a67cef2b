import { SelvageError } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import type { VaultEngine } from '@selvage/hardware';
import { Dataset } from '@selvage/thread';
import { boardValues, networkKeyLabel } from './board-vault.js';

/** A client of the vault: its keys and its values. */
export type VaultPart = Pick<ReturnType<VaultEngine['client']>, 'keys' | 'store'>;

/** A board's mesh: the dataset without keys, and the network key in the vault. */
export interface MeshNetwork {
  readonly dataset: Dataset;
  readonly networkKey: KeyHandle;
}

const policy = { algorithm: 'derive', usages: ['derive'] } as const;

/**
 * Puts the network of a dataset into a board: the network key goes into the vault, and what else is secret is left out.
 * @throws SelvageError `invalid-argument` for a dataset without a network key, `store-failed`
 */
export async function putNetwork({ keys, store }: VaultPart, dataset: Dataset): Promise<void> {
  const key = dataset.get('networkKey');
  if (key === undefined) throw new SelvageError('invalid-argument', 'the dataset has no network key');
  await keys.importKey(policy, key, { label: networkKeyLabel });
  await store.put(boardValues.dataset, dataset.with({ networkKey: undefined, pskc: undefined }).encode());
}

/** The network that a board was put into. @throws SelvageError `wrong-state` where it was put into none */
export async function readNetwork({ keys, store }: VaultPart): Promise<MeshNetwork> {
  const [tlvs, networkKey] = await Promise.all([store.get(boardValues.dataset), keys.labelled(networkKeyLabel)]);
  if (tlvs === undefined || networkKey === undefined) {
    throw new SelvageError('wrong-state', 'the board is in no Thread network', {
      remedy: 'make it with the dataset of one',
    });
  }
  return { dataset: Dataset.decode(tlvs), networkKey };
}
