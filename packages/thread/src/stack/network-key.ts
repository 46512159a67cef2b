import { SelvageError } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import type { Dataset } from '../dataset/dataset.js';

/** Takes a dataset's network key into a key home. @throws SelvageError `invalid-argument` where it has none. */
export async function takeKey(home: KeyHome, dataset: Dataset): Promise<KeyHandle> {
  const key = dataset.get('networkKey');
  if (key === undefined) throw new SelvageError('invalid-argument', 'the dataset has no network key');
  return home.importKey({ algorithm: 'derive', usages: ['derive'] }, key);
}
