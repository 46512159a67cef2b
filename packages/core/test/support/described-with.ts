import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The Debian packages that bring the programs that tests speak to, where they are called otherwise. */
const packages: Readonly<Record<string, string>> = {
  'gnutls-cli': 'gnutls-bin',
  'gnutls-serv': 'gnutls-bin',
  certtool: 'gnutls-bin',
  'coap-client': 'libcoap3-bin',
  'coap-server': 'libcoap3-bin',
  'coap-client-gnutls': 'libcoap3-bin',
  'coap-client-openssl': 'libcoap3-bin',
  'coap-server-gnutls': 'libcoap3-bin',
  'coap-server-openssl': 'libcoap3-bin',
  ip: 'iproute2',
  ping: 'iputils-ping',
  unshare: 'util-linux',
};

/** Describes tests that need programs; see {@link describeUnless}. */
export function describeWith(programs: readonly string[], title: string, tests: () => void): void {
  describeUnless(notInstalled(programs.filter((program) => !isInstalled(program))), title, tests);
}

/**
 * Describes tests that need something. Where it is missing they are skipped with the reason in their title; in continuous
 * integration, which has it, they fail.
 * @param missing the reason; undefined where nothing is
 */
export function describeUnless(missing: string | undefined, title: string, tests: () => void): void {
  if (missing === undefined) describe(title, tests);
  else if (process.env['CI'] === 'true') describe(title, () => it('has what it needs', () => expect.fail(missing)));
  else describe.skip(`${title} (skipped: ${missing})`, tests);
}

/** What is to be said of programs that are missing; undefined where none is. */
export function notInstalled(programs: readonly string[]): string | undefined {
  if (programs.length === 0) return undefined;
  const wanted = new Set(programs.map((program) => packages[program] ?? program));
  return `${programs.join(', ')} not found: apt-get install ${[...wanted].join(' ')}`;
}

export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
