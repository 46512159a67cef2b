import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { portableCore } from '@selvage/crypto';
import { chromium } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { runSuite, type Tally } from './browser/runner.js';
import { engineSuite } from './contract/index.js';

const executablePath = process.env['SELVAGE_CHROMIUM'] ?? '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe('the portable engine in a browser', () => {
  it('is bundled without anything of Node', async () => {
    const { code, modules } = await bundlePage();
    expect(modules.filter((id) => id.includes('browser-external') || id.startsWith('node:'))).toEqual([]);
    expect(modules.filter((id) => id.includes('/native/'))).toEqual([]);
    expect(code).not.toMatch(/from\s*["']node:|(?<![#\w.])require\(/);
  });

  const absence = `there is no browser at ${executablePath}: install Debian's chromium or set SELVAGE_CHROMIUM`;
  if (!existsSync(executablePath) && process.env['CI'] !== 'true') {
    it.skip(`keeps the same contract: ${absence}`, () => undefined);
    return;
  }

  it('keeps the same contract in headless Chromium, check for check', async () => {
    expect(existsSync(executablePath), absence).toBe(true);
    const here = await runSuite((functions) => {
      engineSuite(functions, portableCore);
    });
    const there = await runInChromium((await bundlePage()).code);
    expect(here.failures).toEqual([]);
    expect(there).toEqual(here);
    expect(there.checks).toBeGreaterThan(there.tests);
  });
});

/** The contract and the portable engine as one classic script, and the modules that went into it. */
async function bundlePage(): Promise<{ code: string; modules: string[] }> {
  const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const output = (await build({
    configFile: false,
    logLevel: 'silent',
    resolve: {
      alias: [
        { find: /^@selvage\/([a-z]+)$/, replacement: source('$1/src/index.ts') },
        { find: /^@selvage\/([a-z]+)\/([a-z]+)$/, replacement: source('$1/src/$2/index.ts') },
      ],
    },
    build: {
      write: false,
      minify: false,
      lib: { entry: source('crypto/test/browser/page.ts'), formats: ['iife'], name: 'page' },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk] = output[0]!.output;
  return { code: chunk.code, modules: chunk.moduleIds };
}

async function runInChromium(script: string): Promise<Tally> {
  const browser = await chromium.launch({ executablePath, args: quiet });
  try {
    const page = await browser.newPage();
    await page.addScriptTag({ content: script });
    return await page.evaluate(() => (globalThis as unknown as { selvageTally: Promise<Tally> }).selvageTally);
  } finally {
    await browser.close();
  }
}
