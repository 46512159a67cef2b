/** Each thing that goes wrong says at which step, what, and what to do; and leaves the authority as it was. */
import { chmodSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { FailingEntropy } from '@selvage/core/virtual';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';
import { ca, caWith, device, good, passphrase, type Run, written } from './authority.js';

const file = scratchFolder();
const site = file('site');
const identity = ['issue', 'identity', device, '--ca', site];

beforeAll(async () => {
  await good('init', '--ca', site, '--name', 'CN=My Site');
});

function expectRefusal({ exit, says, stdout }: Run, code: number, ...words: readonly (string | RegExp)[]): void {
  expect([exit, stdout]).toEqual([code, '']);
  for (const word of words) expect(says).toMatch(word);
}

describe('the passphrase', () => {
  it('has to be given, and not on the command line', async () => {
    expectRefusal(
      await caWith({}, ...identity, '--key', file('a')),
      64,
      'cannot read the passphrase: no passphrase was given',
      '--passphrase-file',
      'SELVAGE_CA_PASSPHRASE',
    );
    const empty = written(file('empty.pass'), '\n');
    expectRefusal(
      await caWith({}, ...identity, '--key', file('a'), '--passphrase-file', empty),
      64,
      /the first line of \S+ is empty/,
    );
    expectRefusal(
      await caWith({}, ...identity, '--key', file('a'), '--passphrase-file', file('none')),
      66,
      'cannot be read',
    );
  });

  it('that is wrong opens nothing', async () => {
    const wrong = await caWith({ env: { SELVAGE_CA_PASSPHRASE: 'incorrect horse' } }, ...identity, '--key', file('a'));
    expectRefusal(
      wrong,
      65,
      /cannot open the key of the authority: the key in \S+vault does not open/,
      'compare the passphrase',
    );
    expect(wrong.says).not.toContain('horse');
  });

  it('that is too short makes no authority', async () => {
    const env = { SELVAGE_CA_PASSPHRASE: 'short' };
    const short = await caWith({ env }, 'init', '--ca', file('short'), '--name', 'CN=x');
    expectRefusal(short, 64, 'cannot make the key of the authority: the passphrase has 5 bytes');
    expect(readdirSync(file('short'))).toEqual([]);
  });
});

describe('the folder', () => {
  it('without an authority, or with one already, is told', async () => {
    expectRefusal(
      await ca('revoke', '--ca', file('nowhere')),
      66,
      /cannot open the authority in \S+: there is none/,
      'selvage ca init',
    );
    expect(existsSync(file('nowhere'))).toBe(false);
    expectRefusal(
      await ca('init', '--ca', site, '--name', 'CN=Another'),
      64,
      'it has an authority already',
      'never overwritten',
    );
  });

  it('whose key others can read is refused', async () => {
    chmodSync(`${site}/vault/chip/unique-key`, 0o644);
    expectRefusal(
      await ca(...identity, '--key', file('a')),
      77,
      'others can read the key file',
      'chmod 600',
      'mode: 0644',
    );
    chmodSync(`${site}/vault/chip/unique-key`, 0o640);
    expectRefusal(await ca(...identity, '--key', file('a')), 77, 'mode: 0640');
    chmodSync(`${site}/vault/chip/unique-key`, 0o600);
  });

  it('that another command works on is left alone; the lock of one that was killed is not', async () => {
    writeFileSync(`${site}/.lock`, `${process.ppid}\n`);
    expectRefusal(
      await ca('show', '--ca', site),
      64,
      `another command (process ${process.ppid}) works on the authority`,
    );
    const dead = 2 ** 22 + 1;
    writeFileSync(`${site}/.lock`, `${dead}\n`);
    await good('show', '--ca', site);
    writeFileSync(`${site}/.lock`, '');
    await good('show', '--ca', site);
    expect(existsSync(`${site}/.lock`)).toBe(false);
  });

  it('whose key and certificate do not belong together is told', async () => {
    await good('init', '--ca', file('mixed'), '--name', 'CN=Other');
    writeFileSync(file('mixed/certificate.pem'), readFileSync(`${site}/certificate.pem`));
    expectRefusal(
      await ca('revoke', '--ca', file('mixed')),
      64,
      'cannot put key and certificate together: the key is not that of CN=My Site',
    );
  });

  it('is given back after an error', async () => {
    expectRefusal(await ca('issue', 'identity', 'lamp', '--ca', site, '--key', file('a')), 64, 'is no UUID');
    expect(existsSync(`${site}/.lock`)).toBe(false);
    expect(existsSync(file('a'))).toBe(false);
  });
});

describe('what is asked for', () => {
  it('is a certificate that was issued here', async () => {
    expectRefusal(
      await ca('revoke', '00ff', '--ca', site),
      66,
      'cannot revoke the certificate: this authority issued no certificate "00ff"',
    );
    expectRefusal(await ca('renew', '00ff', '--ca', site), 66, 'cannot find the certificate');
    expectRefusal(await ca('show', '00ff', '--ca', site), 66, 'issued no certificate 00ff');
    expectRefusal(
      await ca('revoke', 'lamp.pem', '--ca', site),
      66,
      'cannot find the certificate: <certificate> lamp.pem cannot be read',
    );
  });

  it('is a request in PEM that proves its key and says who it is', async () => {
    const sign = (...words: string[]): Promise<Run> => ca('sign', ...words, '--ca', site);
    expectRefusal(
      await sign(written(file('x.csr'), 'x'), '--as', 'identity'),
      77,
      'cannot read the request: no CERTIFICATE REQUEST in PEM is here',
    );
    const garbage = '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n';
    expectRefusal(
      await sign(written(file('y.csr'), garbage), '--as', 'identity'),
      77,
      'cannot check that the request proves its key: not a certificate request in DER',
    );
    const long = await caWith(
      { env: { SELVAGE_CA_PASSPHRASE: passphrase }, types: 'x'.repeat(70_000) },
      'sign',
      '-',
      '--as',
      'identity',
      '--ca',
      site,
    );
    expectRefusal(long, 64, 'standard input holds no request');
  });

  it('is a name, a profile, a reason and days that there are', async () => {
    for (const [words, says] of [
      [['init', '--name', 'Lab'], 'types are CN, O, OU'],
      [['init'], "required option '--name <name>' not specified"],
      [['sign', 'x', '--as', 'root'], 'Allowed choices are device, identity, role'],
      [['revoke', '00', '--reason', 'mood'], 'Allowed choices are unspecified, keyCompromise'],
      [['revoke', '00', '--reason', 'removeFromCRL'], 'Allowed choices are'],
      [['issue', 'identity', device, '--days', '0', '--key', 'k'], 'Give a whole number from 1'],
      [['issue', 'role', 'x.pem', '--role', ':x'], 'Give a role as name or as name:authority.'],
    ] as const) {
      expectRefusal(await ca(...words), 64, says.replaceAll('+', '\\+'));
    }
  });

  it('is an authority whose name is not as long as that of its issuer', async () => {
    const below = await ca('init', '--ca', file('below'), '--name', 'CN=My Sate', '--issuer', site);
    expectRefusal(
      below,
      64,
      'cannot certify it with the key of CN=My Site: the name of an authority must not be as long',
      'IoTivity-Lite',
    );
    expect(existsSync(file('below/certificate.pem'))).toBe(false);
    // What was begun is not in the way of the next attempt.
    await good('init', '--ca', file('below'), '--name', 'CN=My Device Site', '--issuer', site);
  });
});

describe('with --json', () => {
  it('an error is an event, and the exit code the same', async () => {
    const { exit, surface, says } = await ca('revoke', '00ff', '--ca', site, '--json');
    expect([exit, says]).toEqual([66, '']);
    expect(surface.events).toMatchObject([
      { event: 'failed', error: { code: 'key-not-found', details: { step: 'revoke the certificate' } } },
    ]);
  });

  it('a certificate is an event, and nothing else is on standard output', async () => {
    const { surface } = await good(...identity, '--key', file('json.key'), '--json');
    expect(surface.events).toMatchObject([
      {
        event: 'issued',
        key: file('json.key'),
        certificate: { device, kind: 'device' },
        pem: expect.stringContaining('BEGIN CERTIFICATE') as string,
      },
    ]);
  });
});

describe('randomness that fails', () => {
  it('makes no authority and no certificate', async () => {
    const env = { SELVAGE_CA_PASSPHRASE: passphrase };
    for (const words of [
      ['init', '--ca', file('random'), '--name', 'CN=x'],
      [...identity, '--key', file('random.key')],
    ]) {
      const surface = new TestSurface({ env, entropy: new FailingEntropy() });
      expect(await surface.run('ca', ...words)).toBe(71);
      expect(surface.stdout.text).toBe('');
    }
    expect([existsSync(file('random/certificate.pem')), existsSync(file('random.key'))]).toEqual([false, false]);
  });
});

describe('--help', () => {
  it('of each command has examples and exit codes', async () => {
    for (const command of ['init', 'issue', 'sign', 'revoke', 'show']) {
      const surface = new TestSurface();
      expect(await surface.run('ca', command, '--help')).toBe(0);
      for (const word of ['Examples:', `$ selvage ca ${command}`, 'Exit codes: 0']) {
        expect(surface.stdout.text).toContain(word);
      }
    }
  });

  it('of ca names every command', async () => {
    const surface = new TestSurface();
    expect(await surface.run('ca', '--help')).toBe(0);
    for (const command of ['init', 'issue', 'sign', 'renew', 'revoke', 'show']) {
      expect(surface.stdout.text).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });
});
