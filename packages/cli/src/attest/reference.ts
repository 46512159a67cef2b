import { SelvageError } from '@selvage/core';
import { type ReferenceFile, readReferenceFile } from '@selvage/hardware';
import { readOptionText } from '../dtls/files.js';

/** The reference values of a file, where one is named. @throws SelvageError `file-not-found`, `invalid-value` (fault `caller`) */
export function readReference(file: string | undefined): ReferenceFile | undefined {
  if (file === undefined) return undefined;
  const json = readOptionText('--reference', file);
  try {
    return readReferenceFile(json);
  } catch (cause) {
    if (!(cause instanceof SelvageError) || cause.code !== 'invalid-value') throw cause;
    throw new SelvageError('invalid-value', `--reference ${file}: ${cause.message}`, {
      fault: 'caller',
      details: cause.details,
      remedy: 'selvage attest verify --help shows such a file',
    });
  }
}
