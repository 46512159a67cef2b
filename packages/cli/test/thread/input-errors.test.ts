/** What a person who mistypes is told: the field, what is wrong with it, what to do; and never a secret. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();

async function refused(...words: readonly string[]): Promise<{ readonly exit: number; readonly says: string }> {
  const surface = new TestSurface({ columns: 80 });
  const exit = await surface.run('thread', ...words);
  expect(surface.stderr.text.split('\n').filter((line) => line.length > 95)).toEqual([]);
  return { exit, says: surface.stderr.text.replaceAll(/\u001b\[\d+m/g, '').replaceAll(/\s+/g, ' ') };
}

describe('a joiner', () => {
  it.each(['18b430000000000', '18b43000000000021', '18b430000000000g'])(
    'with the EUI-64 %s is told which field',
    async (eui64) => {
      const { exit, says } = await refused('joiner', 'start', 'J01NME', '--eui64', eui64);
      expect([exit, says]).toEqual([64, expect.stringContaining(`--eui64 "${eui64}" is no EUI-64`)]);
      expect(says).toContain('16 hexadecimal digits');
    },
  );

  it('without a passphrase is told the three ways to give it', async () => {
    const { exit, says } = await refused('joiner', 'start');
    expect([exit, says]).toEqual([64, expect.stringContaining('(PSKd) was not given')]);
    for (const way of ['behind the command', '--pskd-file', 'SELVAGE_THREAD_PSKD']) expect(says).toContain(way);
  });

  it('with a character that no passphrase has is told its place, and not the passphrase', async () => {
    const { exit, says } = await refused('joiner', 'start', 'J01NOE');
    expect([exit, says]).toEqual([65, expect.stringContaining('at place 5')]);
    expect(says).not.toContain('J01NOE');
  });
});

describe('a dataset', () => {
  it('that is cut off is told as that, with what to do', async () => {
    const { exit, says } = await refused('dataset', 'show', '0e0800000000000100');
    expect([exit, says]).toEqual([65, expect.stringContaining('the dataset ends within a field, after 9 bytes')]);
    expect(says).toContain('all of it');
  });

  it('that is none names the file', async () => {
    writeFileSync(file('notes.txt'), 'the dataset is in the drawer\n');
    const { exit, says } = await refused('dataset', 'show', file('notes.txt'));
    expect([exit, says]).toEqual([64, expect.stringContaining('notes.txt holds no dataset')]);
  });
});

describe('what is secret', () => {
  it.each(['--passphrase', '--pskc', '--passcode'])(
    'and typed behind %s, which takes a file, is not repeated',
    async (option) => {
      const { exit, says } = await refused(
        'commissioner',
        'status',
        '--at',
        '127.0.0.1:1',
        option,
        'correct horse battery',
      );
      expect([exit, says]).toEqual([66, expect.stringContaining(`${option} takes the name of a file`)]);
      expect(says).not.toContain('horse');
    },
  );
});

describe('an option', () => {
  it('that cannot be read is told in the form of all errors, within the screen', async () => {
    const { exit, says } = await refused('dataset', 'new', '--channel', '9');
    expect([exit, says]).toEqual([
      64,
      expect.stringMatching(/^selvage: option '--channel <number>' .* from 11 to 26\./),
    ]);
  });
});
