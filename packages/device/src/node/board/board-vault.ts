import { boardCounters, SealedStore, sealedStoreKey, VaultEngine } from '@selvage/hardware';
import { type FileBoard, SealedLogFile } from '@selvage/hardware/node';

/** Who has keys and values in the vault of a device. */
export const vaultClients = {
  /** What runs in the normal world. The reset button wipes what is its. */
  firmware: 'firmware',
  /** Keys that the manufacturer put in, which the firmware may use. */
  manufacturer: 'manufacturer',
  /** The secure world itself. */
  board: 'board',
} as const;

/** What the secure world remembers of the device's making. */
export const boardValues = {
  /** The certificates of the device's key, and of the key that it attests with. */
  chain: 'chain',
  attestationChain: 'attestation-chain',
  /** What it joins a mesh by. */
  joiner: 'thread-joiner',
  /** The dataset of its mesh: of a router with its keys, which it hands to joiners. */
  dataset: 'thread-dataset',
} as const;

/** What the key that the device attests with is called, and that of its mesh. */
export const [attestationLabel, networkKeyLabel] = ['attestation', 'network'] as const;

/**
 * Opens the vault of a board whose power is on: what it keeps is in the board's flash, under the chip's own key.
 * @throws SelvageError `store-rolled-back`, `store-failed`
 */
export async function openBoardVault(board: FileBoard): Promise<VaultEngine> {
  const { core, entropy, uniqueKey, counters, paths } = board;
  const store = await SealedStore.open({
    core,
    entropy,
    file: new SealedLogFile(paths.store),
    counter: await counters.counter(boardCounters.store),
    key: sealedStoreKey(uniqueKey),
  });
  return VaultEngine.open({ core, entropy, store, deviceKey: uniqueKey });
}
