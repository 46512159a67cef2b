import { SelvageError } from '@selvage/core';
import type { KeyHandle } from '@selvage/crypto';
import type { VaultEngine } from '@selvage/hardware';
import { Dataset, forgetNetwork } from '@selvage/thread';
import { attestationLabel, boardValues, networkKeyLabel } from './board-vault.js';

/** A client of the vault: its keys and its values. */
export type VaultPart = Pick<ReturnType<VaultEngine['client']>, 'keys' | 'store'>;

/** A board's mesh: the dataset, and the network key in the vault. */
export interface MeshNetwork {
  readonly dataset: Dataset;
  readonly networkKey: KeyHandle;
}

const policy = { algorithm: 'derive', usages: ['derive'] } as const;

/**
 * Puts the network of a dataset into a board: the network key goes into the vault.
 * @param isRouter whether the keys are sealed beside the dataset, too: what hands them to joiners has to have them
 * @throws SelvageError `invalid-argument` for a dataset without a network key, `store-failed`
 */
export async function putNetwork(
  { keys, store }: VaultPart,
  dataset: Dataset,
  isRouter: boolean,
): Promise<MeshNetwork> {
  const key = dataset.get('networkKey');
  if (key === undefined) throw new SelvageError('invalid-argument', 'the dataset has no network key');
  // Of a join that the power ended.
  const former = await keys.labelled(networkKeyLabel);
  if (former !== undefined) await keys.destroy(former);
  const networkKey = await keys.importKey(policy, key, { label: networkKeyLabel });
  const kept = isRouter ? dataset : dataset.with({ networkKey: undefined, pskc: undefined });
  await store.put(boardValues.dataset, kept.encode());
  return { dataset: kept, networkKey };
}

/** The network that a board is in; undefined where it is in none yet. */
export async function readNetwork({ keys, store }: VaultPart): Promise<MeshNetwork | undefined> {
  const [tlvs, networkKey] = await Promise.all([store.get(boardValues.dataset), keys.labelled(networkKeyLabel)]);
  return tlvs === undefined || networkKey === undefined ? undefined : { dataset: Dataset.decode(tlvs), networkKey };
}

/**
 * Has a board that joins by a passphrase forget its network; one that was made for its network stays in it, as it would
 * never find back. Where the power goes in between, it is done once more.
 * @throws SelvageError `store-failed`
 */
export async function leaveNetwork({ keys, store }: VaultPart): Promise<void> {
  if ((await store.get(boardValues.joiner)) === undefined) return;
  await store.delete(boardValues.dataset);
  await forgetNetwork(store);
  for (const key of await keys.list()) {
    const { label } = key as { readonly label?: string };
    if (label !== attestationLabel) await keys.destroy(key);
  }
}
