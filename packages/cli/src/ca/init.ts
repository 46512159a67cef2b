import { type AttributeInput, CertificateAuthority, nameText, validFor } from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { describeCertificate, isoTime } from './describe.js';
import { AuthorityFolder } from './folder.js';
import { type KeyOptions, validityFor } from './options.js';
import { readPassphrase } from './passphrase.js';
import { Report } from './report.js';
import { step } from './step.js';

export interface InitOptions extends KeyOptions {
  readonly name: readonly AttributeInput[];
  readonly days?: number;
  /** The folder of the authority that issues this one; without it, it is a root. */
  readonly issuer?: string;
  readonly issuerPassphraseFile?: string;
}

const [usualRootDays, usualIntermediateDays] = [7305, 3652];

/** `ca init`: a new authority in a folder of its own. @throws SelvageError that names the step. */
export async function init(surface: Surface, options: InitOptions): Promise<void> {
  const passphrase = await step('read the passphrase', () => passphraseOf(surface, options));
  const folder = await AuthorityFolder.prepare(options.ca, surface);
  try {
    const authority = await (options.issuer === undefined
      ? establish(surface, folder, options, passphrase)
      : establishBelow(surface, folder, options, passphrase));
    const { certificate } = authority;
    new Report(surface, options.json).tell({
      event: 'established',
      data: { folder: folder.path, certificate: describeCertificate(certificate) },
      lines: [
        `${nameText(certificate.subject)} is an authority until ${isoTime(certificate.validity.notAfter)}`,
        `its key is in a vault in ${folder.path}: keep that folder and its passphrase, and keep them apart`,
      ],
    });
  } finally {
    await folder.close();
  }
}

function passphraseOf({ env }: Surface, { passphraseFile }: InitOptions): ReturnType<typeof readPassphrase> {
  return readPassphrase({ option: '--passphrase-file', file: passphraseFile, variable: 'SELVAGE_CA_PASSPHRASE' }, env);
}

async function establish(
  { clock }: Surface,
  folder: AuthorityFolder,
  { name, days = usualRootDays }: InitOptions,
  passphrase: ReturnType<typeof readPassphrase>,
): Promise<CertificateAuthority> {
  const setting = await folder.makeKey(passphrase);
  const validity = validFor(clock.wallTime(), days);
  const made = await step('certify it with its own key', () =>
    CertificateAuthority.establish(setting, { subject: name, validity }),
  );
  await folder.saveChain(made.chain);
  return made;
}

/** The issuer's key is opened first: where that fails, nothing has been made. */
async function establishBelow(
  surface: Surface,
  folder: AuthorityFolder,
  options: InitOptions,
  passphrase: ReturnType<typeof readPassphrase>,
): Promise<CertificateAuthority> {
  const above = await AuthorityFolder.open(options.issuer as string, surface);
  try {
    const { issuerPassphraseFile: file } = options;
    const source = { option: '--issuer-passphrase-file', file, variable: 'SELVAGE_ISSUER_PASSPHRASE' };
    const isOwn = file === undefined && surface.env[source.variable] === undefined;
    const secret = isOwn
      ? passphrase
      : await step('read the passphrase of the issuer', () => readPassphrase(source, surface.env));
    const issuer = await above.authority(secret);
    const setting = await folder.makeKey(passphrase);
    const publicKey = await setting.keys.publicKey(setting.key);
    const validity = validityFor(surface.clock.wallTime(), options.days, usualIntermediateDays, issuer);
    const { certificate } = await step(`certify it with the key of ${nameText(issuer.certificate.subject)}`, () =>
      issuer.issue({ kind: 'intermediate', subject: options.name }, { publicKey, validity }),
    );
    const made = new CertificateAuthority(setting, [certificate.der, ...issuer.chain]);
    await folder.saveChain(made.chain);
    return made;
  } finally {
    await above.close();
  }
}
