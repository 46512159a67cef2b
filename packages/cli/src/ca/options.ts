import { type Command, InvalidArgumentError, Option } from 'commander';
import { SelvageError } from '@selvage/core';
import {
  type AttributeInput,
  type CertificateAuthority,
  type GrantedRole,
  parseNameText,
  type RevocationReason,
  revocationReasons,
  validFor,
  type Validity,
} from '@selvage/pki';
import { wholeNumber } from '../dtls/options.js';

/** What every `ca` command has, as commander gives it. */
export interface CaOptions {
  readonly ca: string;
  readonly json: boolean;
}

/** What every command has that uses the authority's key. */
export interface KeyOptions extends CaOptions {
  readonly passphraseFile?: string;
}

/** What every command has that hands out a certificate. */
export interface IssueOptions extends KeyOptions {
  readonly days?: number;
  readonly out?: string;
}

const mostDays = 36_525;
const usualTime = `how long it holds, up to ${mostDays} (default: 20 years for a device, 1 for identity and role)`;

export function addCaOptions(command: Command): Command {
  return command
    .option('--ca <folder>', 'the folder that holds the authority', '.selvage/ca')
    .option('--json', 'one JSON object a line on standard output', false);
}

export function addKeyOptions(command: Command): Command {
  return addCaOptions(command).option(
    '--passphrase-file <file>',
    'the passphrase of its key, as the first line of a file (or in SELVAGE_CA_PASSPHRASE)',
  );
}

export function addIssueOptions(command: Command): Command {
  return addKeyOptions(command)
    .addOption(new Option('--days <days>', usualTime).argParser(wholeNumber(1, mostDays)))
    .option('--out <file>', 'where the certificate goes, with those above it; standard output, where it is left out');
}

/** A name as it is written on the command line. */
export function nameOption(text: string): readonly AttributeInput[] {
  try {
    return parseNameText(text);
  } catch (error) {
    if (error instanceof SelvageError) throw new InvalidArgumentError(error.remedy ?? error.message);
    throw error;
  }
}

/** `role`, or `role:authority`; may be repeated. */
export function gatherRole(text: string, before: readonly GrantedRole[] = []): readonly GrantedRole[] {
  const [, role = '', authority] = /^([^:]+)(?::(.+))?$/.exec(text) ?? [];
  if (role === '') throw new InvalidArgumentError('Give a role as name or as name:authority.');
  return [...before, { role, ...(authority !== undefined && { authority }) }];
}

/** A reason to revoke, in the words of RFC 5280. */
export function reasonOption(): Option {
  const reasons: readonly RevocationReason[] = Object.keys(revocationReasons) as RevocationReason[];
  return new Option('--reason <why>', 'why, in the words of RFC 5280 §5.3.1')
    .choices(reasons.filter((reason) => reason !== 'removeFromCRL'))
    .default('unspecified');
}

/** From now on for some days; where nobody said how many, no longer than the authority itself holds. */
export function validityFor(
  now: number,
  days: number | undefined,
  usual: number,
  { certificate }: Pick<CertificateAuthority, 'certificate'>,
): Validity {
  if (days !== undefined) return validFor(now, days);
  const { notBefore, notAfter } = validFor(now, usual);
  return { notBefore, notAfter: Math.min(notAfter, certificate.validity.notAfter) };
}
