import { type Instant, SelvageError, type Store } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import { counterRecordName, type CounterRecord, counterTag, readCounterRecord } from './counter-record.js';
import { defaultRotationHours } from './rotation.js';
import { sequenceDerivation, splitSequenceKeys } from './sequence-keys.js';
import { ThreadKeys } from './thread-keys.js';

/** What {@link openThreadKeys} needs. */
export interface ThreadKeysOptions {
  /** Where the network key lives, and its handle: of algorithm `derive`. */
  readonly home: KeyHome;
  readonly networkKey: KeyHandle;
  /** Where the counters are durable. */
  readonly store: Store;
  /** The key sequence that is known from elsewhere (a join, stored network information); 0 by default. */
  readonly sequence?: number;
  /** Of the dataset's security policy; 672 by default. */
  readonly rotationHours?: number;
  readonly now: Instant;
}

/**
 * The keys of a network key, ready to send: the counters go on from what is durable, and the first reservation is.
 * @throws SelvageError `key-not-found`, `key-usage-refused`, `key-operation-failed`, `store-failed`.
 */
export async function openThreadKeys(options: ThreadKeysOptions): Promise<ThreadKeys> {
  const { home, networkKey: handle, store, sequence = 0, rotationHours = defaultRotationHours, now } = options;
  const recordName = counterRecordName(await home.derive({ handle, derivation: counterTag }));
  const found = await readRecord(store, recordName);
  const fresh: CounterRecord = { keySequence: sequence, macLimit: 0, mleLimit: 0 };
  const record = found !== undefined && found.keySequence >= sequence ? found : fresh;
  const derived = await home.derive({ handle, derivation: sequenceDerivation(record.keySequence) });
  const keys = splitSequenceKeys(record.keySequence, derived);
  return new ThreadKeys({ recordName, record, keys, rotationHours, now });
}

async function readRecord(store: Store, name: string): Promise<CounterRecord | undefined> {
  const bytes = await store.get(name);
  if (bytes === undefined) return undefined;
  try {
    return readCounterRecord(bytes);
  } catch (cause) {
    throw new SelvageError(
      'store-failed',
      'the stored frame counters cannot be read, and counters must not be reused',
      {
        cause,
        remedy: 'Give the network a new network key, or reset this node and join it again.',
      },
    );
  }
}
