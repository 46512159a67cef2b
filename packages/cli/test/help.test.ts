import { describe, expect, it } from 'vitest';
import { cipherSuites } from '@selvage/dtls';
import { TestSurface } from './support/test-surface.js';

async function help(...line: string[]): Promise<string> {
  const surface = new TestSurface();
  expect(await surface.run(...line, '--help')).toBe(0);
  expect(surface.stderr.text).toBe('');
  return surface.stdout.text;
}

describe('--version', () => {
  it('is the version of the package', async () => {
    const surface = new TestSurface();
    expect(await surface.run('--version')).toBe(0);
    expect(surface.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('--help', () => {
  it('of the program names every command', async () => {
    const text = await help();
    for (const command of ['demo', 'dtls', 'ca']) expect(text).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it.each(['client', 'server'])(
    'of dtls %s has an option and an example for each way to know each other',
    async (role) => {
      const text = await help('dtls', role);
      for (const option of ['--passphrase', '--psk', '--cert', '--ca', '--anonymous', '--peer-certificate']) {
        expect(text).toContain(option);
      }
      const examples = text.slice(text.indexOf('Examples:'));
      for (const word of ['passphrase', 'psk', 'cert', 'openssl s_']) expect(examples.toLowerCase()).toContain(word);
      expect(text).toContain('Exit codes: 0');
      expect(text).toContain('DANGER');
    },
  );

  it('of the demo says when it exits 0', async () => {
    expect(await help('demo')).toContain('Exits 0 only if everything it claims was really observed');
  });

  it('keeps to 80 columns where the screen does not say how many, examples aside', async () => {
    const text = (await help('dtls', 'client')).split('Examples:')[0] as string;
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('a wrong command line', () => {
  it('exits 64, says what is wrong on standard error and where the help is', async () => {
    const surface = new TestSurface();
    expect(await surface.run('bogus')).toBe(64);
    expect(surface.stderr.text).toContain("unknown command 'bogus'");
    expect(surface.stdout.text).toBe('');
  });

  it('without a command shows the help as an error', async () => {
    const surface = new TestSurface();
    expect(await surface.run()).toBe(64);
    expect(surface.stderr.text).toContain('Usage: selvage');
  });

  it('with an unknown suite names all suites', async () => {
    const surface = new TestSurface();
    await surface.run('dtls', 'client', 'localhost', '--suite', 'none');
    for (const name of Object.keys(cipherSuites)) expect(surface.stderr.text).toContain(name);
  });
});
