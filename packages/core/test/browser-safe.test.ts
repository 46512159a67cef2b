import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** Runs in a browser, too, and has no dependencies. */
const library = 'cborg';

describe('everything but @selvage/core/node', () => {
  it('runs in a browser: it imports nothing but its own files and cborg, and not those of node/', async () => {
    const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const outside = files.filter((file) => !file.startsWith(`node${sep}`));
    expect(outside.length).toBeGreaterThan(30);
    for (const file of outside) {
      const text = await readFile(join(source, file), 'utf8');
      const imports = [...text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^'\n]+)'/gm)].map(
        ([, name]) => name as string,
      );
      const foreign = imports.filter((name) => name !== library && !/^\.\.?\/(?!(.*\/)?node\/)/.test(name));
      expect({ file, foreign }).toEqual({ file, foreign: [] });
      expect({ file, globals: text.match(/\b(process|Buffer)\.\w+/g) }).toEqual({ file, globals: null });
    }
  });
});
