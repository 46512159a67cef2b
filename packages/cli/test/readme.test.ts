import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { scratchFolder } from './support/scratch.js';
import { TestSurface } from './support/test-surface.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const packageReadmes = [
  'core',
  'crypto',
  'coap',
  'dtls',
  'hardware',
  'thread',
  'ocf',
  'device',
  'sim',
  'cli',
  'pki',
].map((name) => `packages/${name}/README.md`);
const documents = ['README.md', 'SECURITY.md', 'docs/PARITY.md', ...packageReadmes];
const text = (name: string): string => readFileSync(join(root, name), 'utf8');
const readme = text('README.md');
const file = scratchFolder();

/** The code block of a language in a document. */
function block(language: string, name = 'README.md'): string {
  const found = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(text(name));
  expect(found, `a block of ${language} in ${name}`).not.toBeNull();
  return found?.[1] ?? '';
}

describe.each([
  ['README.md', 'TLS_ECJPAKE_WITH_AES_128_CCM_8 and back'],
  ['packages/core/README.md', 'hello'],
  ['packages/crypto/README.md', 'true'],
  ['packages/coap/README.md', '2.05 22.3 C'],
  ['packages/hardware/README.md', '1.2.3 7 image-refused'],
  ['packages/ocf/README.md', '/fan {"on":true,"speed":3}'],
  ['packages/dtls/README.md', 'TLS_PSK_WITH_AES_128_CCM_8 on'],
  ['packages/sim/README.md', '2 nodes, the lamp is a child'],
])('the program in %s', (name, output) => {
  // Inside the repository, so that it finds the built packages as a user's program does.
  const folder = join(root, '.selvage', 'readme');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('compiles in strict mode, runs and prints what stands below it', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'example.ts'), block('ts', name));
    await compiled(folder, 'example.ts');
    const { stdout, stderr } = await run(process.execPath, ['example.js'], { cwd: folder, timeout: 300_000 });
    expect(stdout).toBe(`${output}\n`);
    expect(text(name)).toContain(`It prints \`${output}\``);
    expect(stderr).toBe('');
  });
});

/** Compiles files of a folder as strictly as this house does. */
async function compiled(folder: string, ...files: readonly string[]): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', '--skipLibCheck'];
  const more = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--ignoreConfig'];
  await run(process.execPath, [compiler, ...options, ...more, ...files], { cwd: folder });
}

describe('the parts of programs in the READMEs of packages', () => {
  const folder = join(root, '.selvage', 'readme-parts');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('compile in strict mode', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const files = ['pki', 'thread'].flatMap((name) =>
      [...text(`packages/${name}/README.md`).matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = ''], at) => {
        writeFileSync(join(folder, `${name}-${at}.ts`), code);
        return `${name}-${at}.ts`;
      }),
    );
    expect(files).toHaveLength(3);
    await compiled(folder, ...files);
  }, 300_000);
});

describe('the excerpt in README.md', () => {
  it('is what npm start shows, in its order, but for times, PINs and what is left out', async () => {
    const surface = new TestSurface();
    expect(await surface.run('demo', '--state', file('demo'))).toBe(0);
    const shown = surface.stdout.text.split('\n').map(plain);
    const lines = block('text').split('\n').map(plain);
    const wanted = lines.filter((line) => line !== '…' && line !== '');
    expect(wanted.filter((line) => !shown.includes(line))).toEqual([]);
    const scenes = wanted.map((line) => shown.indexOf(line)).filter((at) => /^\d\. /.test(shown[at] ?? ''));
    expect(scenes).toEqual([...scenes].sort((one, other) => one - other));
    expect(wanted.length).toBeGreaterThan(20);
  });

  /** A line without what changes from run to run, and its spaces as one. */
  function plain(line: string): string {
    return line
      .replace(/ \d+ ms/g, ' time')
      .replace(/ \d+\.\d s\b/, ' time')
      .replace(/PIN \d{8}/g, 'PIN')
      .replace(/ +/g, ' ')
      .trim();
  }
});

describe.each(documents)('%s', (name) => {
  it('names tests and files that are there', () => {
    const content = text(name);
    const commands = [...content.matchAll(/npm test -- ([^`]+)`/g)].flatMap(([, paths = '']) => paths.split(' '));
    const links = [...content.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => join(name, '..', path));
    const named = [...commands.filter((word) => word.includes('/')), ...links];
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('the tests that PARITY.md and SECURITY.md name', () => {
  it.each([
    ['docs/PARITY.md', 'packages/dtls/test'],
    ['SECURITY.md', 'packages/dtls/test/adversary'],
  ])('of %s exist', (document, folder) => {
    const all = readdirSync(join(root, 'packages'), { recursive: true }).map(String);
    const names = [...text(document).matchAll(/`((?:[a-z-]+\/)*[a-z-]+\.test\.ts)`/g)].map(([, path = '']) => path);
    const missing = names.filter(
      (path) => !existsSync(join(root, folder, path)) && !all.some((one) => one.endsWith(path)),
    );
    expect(missing).toEqual([]);
    expect(names.length).toBeGreaterThan(3);
  });
});

describe('the packages in README.md', () => {
  it('are all that there are, each described', () => {
    const listed = [...readme.matchAll(/^\| \[`@selvage\/([a-z]+)`\]/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(readdirSync(join(root, 'packages')).sort());
  });
});
