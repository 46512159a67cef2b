import { bytesEqual, decode, encode, fromHex, Secret, SelvageError, toHex } from '@selvage/core';
import { type DatasetEntry, type DatasetField, type DatasetValue, datasetTlvs } from './dataset-tlvs.js';

/** Bytes of the longest dataset (Thread 1.3 §8.10.1). */
export const longestDataset = 254;

/** What is to change: a value, or `undefined` to take the field out. */
export type DatasetChanges = { readonly [F in DatasetField]?: DatasetValue<F> | undefined };

/**
 * An operational dataset: what the nodes of a network have in common. Immutable; it keeps the order of its TLVs, and
 * those that it does not know.
 */
export class Dataset {
  readonly entries: readonly DatasetEntry[];

  private constructor(entries: readonly DatasetEntry[]) {
    this.entries = entries;
  }

  static of(entries: readonly DatasetEntry[]): Dataset {
    return new Dataset([...entries]);
  }

  /** A dataset of these values, in the order in which they are given. */
  static make(values: DatasetChanges): Dataset {
    return new Dataset([]).with(values);
  }

  /** @throws SelvageError of the codec, which names the field, and `length-out-of-range` beyond 254 bytes. */
  static decode(bytes: Uint8Array): Dataset {
    if (bytes.length > longestDataset) throw tooLong(bytes.length, 'peer');
    return new Dataset(decode(datasetTlvs, Uint8Array.from(bytes), 'dataset'));
  }

  /** Reads the hexadecimal that OpenThread's tools exchange. @throws SelvageError `invalid-hex`, or as `decode`. */
  static parse(hex: string): Dataset {
    return Dataset.decode(fromHex(hex));
  }

  /** The value of a field; undefined where it is not there. */
  get<F extends DatasetField>(field: F): DatasetValue<F> | undefined {
    return datasetTlvs.first(this.entries, field) as DatasetValue<F> | undefined;
  }

  /** The network's name as text. */
  get name(): string | undefined {
    const name = this.get('networkName');
    return name && new TextDecoder().decode(name);
  }

  /** The dataset with changed fields: each stays where it is, a new one goes to the end, an undefined one is taken out. */
  with(changes: DatasetChanges): Dataset {
    let entries = this.entries;
    for (const [field, value] of Object.entries(changes) as [DatasetField, unknown][]) {
      const changed = { type: field, value } as DatasetEntry;
      const at = entries.findIndex(({ type }) => type === field);
      if (value === undefined) entries = entries.filter(({ type }) => type !== field);
      else if (at < 0) entries = [...entries, changed];
      else entries = entries.map((entry, index) => (index === at ? changed : entry));
    }
    return new Dataset(entries);
  }

  /**
   * The bytes, network key and PSKc included.
   * @throws SelvageError `length-out-of-range` beyond 254 bytes, or of the codec for a value that does not fit.
   */
  encode(): Uint8Array {
    const bytes = encode(datasetTlvs, this.entries, 'dataset');
    if (bytes.length > longestDataset) throw tooLong(bytes.length, 'caller');
    return bytes;
  }

  /** The hexadecimal that OpenThread's tools exchange: a secret, for the network key is in it. */
  toSecret(): Secret {
    return Secret.text(toHex(this.encode()));
  }

  /**
   * Whether a change of `before` left the PSKc stale: it is derived from the name and the extended PAN id, of which one
   * changed, and it did not. Commissioners that know the passphrase would derive another one than the nodes have.
   */
  hasStalePskc(before: Dataset): boolean {
    const pskc = this.get('pskc');
    if (pskc === undefined || pskc.length === 0 || !equalSecrets(pskc, before.get('pskc'))) return false;
    return !(
      equalBytes(this.get('networkName'), before.get('networkName')) &&
      equalBytes(this.get('extendedPanId'), before.get('extendedPanId'))
    );
  }
}

function equalBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}

/** Both are in one person's hands: the time that this takes tells nobody anything. */
function equalSecrets(a: Secret, b: Secret | undefined): boolean {
  return b !== undefined && bytesEqual(a.reveal(), b.reveal());
}

function tooLong(length: number, fault: 'peer' | 'caller'): SelvageError {
  return new SelvageError('length-out-of-range', `a dataset of ${length} bytes where ${longestDataset} are allowed`, {
    fault,
  });
}
