import { decodeCbor, encodeCbor, FormatError, SelvageError, type Store } from '@selvage/core';
import { bytes, record, text } from '@selvage/ocf';
import { Dataset } from '@selvage/thread';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { radioNamed, radioText } from '../../thread/radio/radio-name.js';

const kept = record({
  /** The TLVs, with the network key: what an owner keeps lies in its vault. */
  dataset: bytes(),
  /** As `--radio` takes it. */
  radio: text(),
});
const name = 'network';

/** The Thread network that a site's devices are on; `undefined` where they are on none. @throws SelvageError `store-failed` */
export async function readNetwork(store: Store): Promise<KnownNetwork | undefined> {
  const value = await store.get(name);
  if (value === undefined) return undefined;
  try {
    const { dataset, radio } = kept.read(decodeCbor(value));
    return { dataset: Dataset.decode(dataset), radio: radioNamed(radio) };
  } catch (cause) {
    if (!(cause instanceof FormatError) && !(cause instanceof SelvageError)) throw cause;
    throw new SelvageError('store-failed', 'what the site keeps of its Thread network is damaged', {
      cause,
      remedy: 'give the network anew: selvage site --dataset <dataset> --radio <radio>',
    });
  }
}

/** @throws SelvageError `store-failed` */
export async function writeNetwork(store: Store, network: KnownNetwork | undefined): Promise<void> {
  if (network === undefined) return store.delete(name);
  const { dataset, radio } = network;
  await store.put(name, encodeCbor(kept.write({ dataset: dataset.encode(), radio: radioText(radio) })));
}
