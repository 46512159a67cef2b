import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'selvage-core-dumps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const built = fileURLToPath(new URL('../../dist/node/index.js', import.meta.url));
const pattern = '/proc/sys/kernel/core_pattern';
/** Where core files go into the folder of whoever dies; elsewhere there is nothing to look at. */
const comesHere = existsSync(pattern) && !/[|/]/.test(readFileSync(pattern, 'utf8'));

/** The core file of a process that had a secret and died of SIGABRT; `undefined` where it left none. */
function coreOf(first: string): Buffer | undefined {
  const program = `${first}; const secret = Buffer.from([..."cba-terces-detnalp"].reverse().join("")); process.abort(secret)`;
  const script = `ulimit -c unlimited; exec "$0" --input-type=module -e '${program}'`;
  const { signal } = spawnSync('sh', ['-c', script, process.execPath], { cwd: folder });
  expect(signal).toBe('SIGABRT');
  const [name] = readdirSync(folder);
  if (name === undefined) return undefined;
  const bytes = readFileSync(join(folder, name));
  rmSync(join(folder, name));
  return bytes;
}

describe.skipIf(!comesHere)('a core file (where the kernel writes them into the folder at hand)', () => {
  it('of a process that took its memory out holds none of its secrets; of any other it does', () => {
    expect(coreOf('void 0')?.includes('planted-secret-abc')).toBe(true);
    const core = coreOf(`(await import("${built}")).keepMemoryOutOfCoreDumps() || process.exit(1)`);
    expect(core?.includes('planted-secret-abc') ?? false).toBe(false);
  });
});
