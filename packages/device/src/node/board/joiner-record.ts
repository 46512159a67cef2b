import { decodeCbor, encodeCbor, SelvageError, type Store } from '@selvage/core';
import { optional, record, text } from '@selvage/ocf';
import { type JoinerFacts, type JoinerLabel, joinerLabelText, parseJoinerLabel } from '@selvage/thread';
import { boardValues } from './board-vault.js';

/** What a board joins a mesh by: what stands on its label, and what it says of its make. */
export interface BoardJoiner {
  /** The EUI-64 of its radio, and its passphrase (PSKd). */
  readonly label: JoinerLabel;
  readonly facts: Pick<JoinerFacts, 'vendorName' | 'vendorModel' | 'provisioningUrl'>;
}

const type = record({ label: text(), vendorName: text(), vendorModel: text(), provisioningUrl: optional(text()) });

/** @throws SelvageError `store-failed` */
export function writeJoiner(store: Store, { label, facts }: BoardJoiner): Promise<void> {
  return store.put(boardValues.joiner, encodeCbor(type.write({ label: joinerLabelText(label), ...facts })));
}

/** What a board joins by; undefined where it was made for one network. @throws SelvageError `store-failed` */
export async function readJoiner(store: Store): Promise<BoardJoiner | undefined> {
  const value = await store.get(boardValues.joiner);
  if (value === undefined) return undefined;
  try {
    const { label, ...facts } = type.read(decodeCbor(value));
    return { label: parseJoinerLabel(label), facts };
  } catch (cause) {
    throw new SelvageError('store-failed', 'what the board joins by cannot be read', { cause });
  }
}
