import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The Debian packages that bring the peers. */
const packages: Readonly<Record<string, string>> = {
  openssl: 'openssl',
  'gnutls-cli': 'gnutls-bin',
  'gnutls-serv': 'gnutls-bin',
  'coap-client-gnutls': 'libcoap3-bin',
  'coap-client-openssl': 'libcoap3-bin',
  'coap-server-gnutls': 'libcoap3-bin',
  'coap-server-openssl': 'libcoap3-bin',
  tshark: 'tshark',
};

/**
 * Describes tests against other programs. Where one is missing the tests are skipped, with the reason in their title;
 * in continuous integration, which installs them all, they fail.
 */
export function describeWith(programs: readonly string[], title: string, tests: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) {
    describe(title, tests);
    return;
  }
  const wanted = new Set(missing.map((name) => packages[name] ?? name));
  const reason = `${missing.join(', ')} not found: apt-get install ${[...wanted].join(' ')}`;
  if (process.env['CI'] === 'true') describe(title, () => it('finds its peers', () => expect.fail(reason)));
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
