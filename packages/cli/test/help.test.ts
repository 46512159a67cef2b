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
    for (const command of ['demo', 'dtls', 'ca', 'firmware', 'board', 'bench', 'attest', 'vault', 'thread', 'sim'])
      expect(text).toMatch(new RegExp(`^  ${command} `, 'm'));
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

  it.each([
    ['attest', 'verify'],
    ['attest', 'show'],
    ['bench', 'crypto'],
  ])('of %s %s has examples and exit codes, and keeps to 80 columns', async (...words) => {
    const text = await help(...words);
    const prose = text.split('\n').filter((line) => !/^ +(\$|--)/.test(line));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
    for (const word of ['Examples:', 'Exit codes: 0', '--json']) expect(text).toContain(word);
  });

  it.each(['generate', 'import', 'public', 'destroy', 'show'])(
    'of vault %s has examples and exit codes, and keeps to 80 columns',
    async (verb) => {
      const text = await help('vault', verb);
      const prose = text.split('\n').filter((line) => !/^ +(\$|--)/.test(line));
      expect(prose.filter((line) => line.length > 80)).toEqual([]);
      for (const word of ['Examples:', 'Exit codes: 0', '--json', '--vault']) expect(text).toContain(word);
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

const verbs = [
  'discover',
  'own',
  'devices',
  'reset',
  'site',
  'get',
  'set',
  'observe',
  'grant',
  'revoke',
  'access',
  'pair',
];
const board = ['make', 'run', 'show', 'install', 'press', 'payload'].map((verb) => [`board ${verb}`]);
const thread = [
  ...['new', 'show', 'set', 'pskc', 'get', 'apply', 'rotate-key', 'migrate'].map((verb) => [`thread dataset ${verb}`]),
  ...['joiner start', 'commission', 'admit', 'commissioner status', 'border-agent', 'share'].map((verb) => [
    `thread ${verb}`,
  ]),
  ...['form', 'topology', 'diag', 'netdata', 'rotate-key', 'border', 'attach', 'ping'].map((verb) => [
    `thread ${verb}`,
  ]),
];
const firmware = ['keygen', 'sign', 'verify', 'inspect', 'fix-sig'].map((verb) => [`firmware ${verb}`]);
const all = [...verbs, 'certify', 'role', 'credentials'].map((verb) => [verb]);

describe('--help of the verbs for OCF', () => {
  it('stands before that of the layers, in groups', async () => {
    const text = await help();
    const places = ['discover', 'get', 'grant', 'device', 'demo', 'dtls', 'help'].map((verb) =>
      text.indexOf(`\n  ${verb} `),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(text.indexOf('Find devices and own them:'));
    for (const [verb] of all) expect(text).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([...all, ['device run'], ...firmware, ...board, ...thread])(
    'of %s keeps to 80 columns, and has examples and exit codes',
    async (verb) => {
      const text = await help(...verb.split(' '));
      const prose = text.split('\n').filter((line) => !/^ +(\$|--)/.test(line));
      expect(prose.filter((line) => line.length > 80)).toEqual([]);
      expect(text).toContain('Exit codes: 0');
      expect(text).toContain('--json');
      if (verb !== 'devices') expect(text).toContain('Examples:');
    },
  );

  it('takes its defaults from the environment', async () => {
    const surface = new TestSurface({ env: { SELVAGE_SITE: 'my/site', SELVAGE_INTERFACE: 'eth7' } });
    await surface.run('discover', '--help');
    expect(surface.stdout.text).toContain('my/site');
    expect(surface.stdout.text).toContain('eth7');
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
