import { InvalidArgumentError } from 'commander';
import type { DiagnosticName } from '@selvage/thread';
import { diagnosticNames } from './diag.js';

const largestType = 255;

/** Reads `extended,rloc16` or `0,1`: names of diagnostics, or their numbers. */
export function typeList(text: string): readonly (DiagnosticName | number)[] {
  return text.split(',').map((word) => {
    const name = diagnosticNames.find((known) => known === word);
    if (name !== undefined) return name;
    const type = /^\d{1,3}$/.test(word) ? Number(word) : Number.NaN;
    if (type <= largestType) return type;
    throw new InvalidArgumentError(`Give numbers, or of these names:\n${diagnosticNames.join(', ')}`);
  });
}
