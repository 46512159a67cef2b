import { SelvageError } from '@selvage/core';
import { type KeyAlgorithm, readPrivateKey, usagesOf } from '@selvage/crypto';
import { requirePrivateFile } from '../ca/key-file.js';
import { requireNewFiles, writeNewFile } from '../ca/output.js';
import { readPassphrase } from '../ca/passphrase.js';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { dataLines } from '../ca/describe.js';
import { readOptionFile } from '../dtls/files.js';
import { Questions } from '../terminal/question.js';
import type { Surface } from '../terminal/surface.js';
import { tableLines } from '../terminal/table.js';
import { describeKey, publicPem } from './describe.js';
import { withVault } from './open-vault.js';
import { passphraseVariable, type VaultOptions } from './options.js';
import { keyOf } from './vault-key.js';

export interface GenerateOptions extends VaultOptions {
  readonly type: KeyAlgorithm;
}

export interface ImportOptions extends VaultOptions {
  readonly key: string;
  readonly keyPassphraseFile?: string;
}

export interface PublicOptions extends VaultOptions {
  readonly out?: string;
}

export interface DestroyOptions extends VaultOptions {
  readonly yes: boolean;
}

const usualWidth = 80;

/** Each verb throws a SelvageError that names its step. */
export async function generate(
  surface: Surface,
  report: Report,
  label: string,
  options: GenerateOptions,
): Promise<void> {
  const { type: algorithm } = options;
  const handle = await step('make the key', () =>
    withVault(surface, openingOf(options, true), ({ keys }) =>
      keys.generate({ algorithm, usages: usagesOf(algorithm) }, { label }),
    ),
  );
  report.tell({
    event: 'generated',
    data: { vault: options.vault, ...describeKey(handle) },
    lines: [`the vault in ${options.vault} has a new key: vault:${label}`, ...lockLines(surface, options)],
  });
}

export async function importFile(
  surface: Surface,
  report: Report,
  label: string,
  options: ImportOptions,
): Promise<void> {
  const { kind, key } = await step('read the key', () => readKeyFile(surface, options));
  const algorithm = kind === 'p256' ? 'ecdsa-p256' : 'ed25519';
  try {
    const handle = await step('take the key', () =>
      withVault(surface, openingOf(options, true), ({ keys }) =>
        keys.importKey({ algorithm, usages: ['sign'] }, key, { label }),
      ),
    );
    report.tell({
      event: 'imported',
      data: { vault: options.vault, ...describeKey(handle) },
      lines: [
        `the vault in ${options.vault} has the key: vault:${label}`,
        `wipe ${options.key} now: while it is there, the vault protects nothing`,
        ...lockLines(surface, options),
      ],
    });
  } finally {
    key.dispose();
  }
}

export async function showPublic(
  surface: Surface,
  report: Report,
  label: string,
  options: PublicOptions,
): Promise<void> {
  const { vault: folder, out } = options;
  await requireNewFiles(out);
  const handle = await step('find the key', () =>
    withVault(surface, openingOf(options, false), ({ keys }) => keyOf(keys, label, folder)),
  );
  const pem = publicPem(handle);
  if (pem === undefined) {
    throw new SelvageError('key-usage-refused', `a key of ${handle.algorithm} has no public key`);
  }
  if (out !== undefined) await writeNewFile(out, pem, 'public');
  report.show({
    event: 'public-key',
    data: { ...describeKey(handle), ...(out === undefined ? { pem } : { out }) },
    lines: out === undefined ? [pem.trimEnd()] : [`the public key of vault:${label} is in ${out}`],
  });
}

export async function destroy(surface: Surface, report: Report, label: string, options: DestroyOptions): Promise<void> {
  if (!options.yes) await confirm(surface, label);
  const { vault: folder } = options;
  await step('destroy the key', () =>
    withVault(surface, openingOf(options, false), async ({ keys }) => keys.destroy(await keyOf(keys, label, folder))),
  );
  report.tell({ event: 'destroyed', data: { vault: folder, label }, lines: [`vault:${label} is gone for good`] });
}

export async function show(surface: Surface, report: Report, options: VaultOptions): Promise<void> {
  const handles = await step('open the vault', () =>
    withVault(surface, openingOf(options, false), ({ keys }) => keys.list()),
  );
  const keys = handles.map(describeKey);
  const columns = [{ title: 'label' }, { title: 'type' }, { title: 'SHA-256 of the public key', least: 16 }];
  const rows = keys.map(({ label, type, publicKeySha256 = '-' }) => [label, type, publicKeySha256].map(String));
  const { columns: width = usualWidth } = surface.stdout;
  const lines = rows.length === 0 ? [] : ['', ...tableLines(columns, rows, width - 1)];
  report.show({
    event: 'vault',
    data: { vault: options.vault, keys },
    lines: [...dataLines({ vault: options.vault, keys: keys.length }), ...lines],
  });
}

function openingOf({ vault, passphraseFile }: VaultOptions, create: boolean): Parameters<typeof withVault>[1] {
  return { folder: vault, passphraseFile, create };
}

function lockLines({ env }: Surface, { passphraseFile }: VaultOptions): string[] {
  if (passphraseFile !== undefined || env[passphraseVariable]) return [];
  return [`no passphrase locks it: whoever copies the folder has its keys`];
}

function readKeyFile({ env }: Surface, { key: path, keyPassphraseFile: file }: ImportOptions) {
  const contents = readOptionFile('--key', path);
  requirePrivateFile(path);
  const isEncrypted = /ENCRYPTED/.test(new TextDecoder().decode(contents));
  const source = { option: '--key-passphrase-file', file, variable: 'SELVAGE_KEY_PASSPHRASE' };
  const passphrase = isEncrypted ? readPassphrase(source, env) : undefined;
  try {
    return readPrivateKey(contents, passphrase);
  } finally {
    passphrase?.dispose();
    contents.fill(0);
  }
}

async function confirm(surface: Surface, label: string): Promise<void> {
  const questions = new Questions(surface);
  if (!questions.canAsk) {
    throw new SelvageError('invalid-argument', 'nobody is here to confirm it', { remedy: 'add --yes' });
  }
  if (await questions.confirm(`Destroy vault:${label} for good?`)) return;
  throw new SelvageError('cancelled', 'it was not confirmed');
}
