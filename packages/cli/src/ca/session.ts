import type { CertificateAuthority } from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { AuthorityFolder } from './folder.js';
import type { KeyOptions } from './options.js';
import { readPassphrase } from './passphrase.js';
import { step } from './step.js';

/** Works with the authority of a folder, its key opened; the folder is given back whatever happens. */
export async function withAuthority<T>(
  surface: Surface,
  { ca, passphraseFile }: KeyOptions,
  work: (authority: CertificateAuthority, folder: AuthorityFolder) => Promise<T>,
): Promise<T> {
  const folder = await AuthorityFolder.open(ca, surface);
  try {
    const source = { option: '--passphrase-file', file: passphraseFile, variable: 'SELVAGE_CA_PASSPHRASE' };
    const passphrase = await step('read the passphrase', () => readPassphrase(source, surface.env));
    return await work(await folder.authority(passphrase), folder);
  } finally {
    await folder.close();
  }
}
