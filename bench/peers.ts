/** Peers in C, from the libraries that the machine has: compiled on demand, none where the headers or the compiler are missing. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PeerMeasured } from './figure.js';

interface Harness {
  readonly source: string;
  readonly libraries: readonly string[];
}

const harnesses: readonly Harness[] = [
  { source: 'openssl-dtls', libraries: ['ssl', 'crypto'] },
  { source: 'mbedtls-dtls', libraries: ['mbedtls', 'mbedx509', 'mbedcrypto'] },
];

/** From `bench/dist`, where this module runs. */
const sourceFolder = fileURLToPath(new URL('../peers/', import.meta.url));
const binaryFolder = fileURLToPath(new URL('peers/', import.meta.url));

/**
 * Runs every harness that compiles here.
 * @param prefix of the figures wanted
 * @returns for each figure the peers that ran it, the fastest first
 */
export function runPeers(prefix: string): Map<string, PeerMeasured[]> {
  const byFigure = new Map<string, PeerMeasured[]>();
  for (const line of harnesses.flatMap((harness) => linesOf(harness, prefix))) {
    const { figure, ...peer } = JSON.parse(line) as PeerMeasured & { figure: string };
    byFigure.set(
      figure,
      [...(byFigure.get(figure) ?? []), peer].sort((a, b) => a.value - b.value),
    );
  }
  return byFigure;
}

function linesOf(harness: Harness, prefix: string): string[] {
  const binary = compile(harness);
  if (binary === undefined) {
    return [];
  }
  const { status, stdout, stderr } = spawnSync(binary, [prefix], { encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(`${harness.source} failed, and is left out: ${stderr}\n`);
    return [];
  }
  return stdout.split('\n').filter((line) => line !== '');
}

function compile({ source, libraries }: Harness): string | undefined {
  mkdirSync(binaryFolder, { recursive: true });
  const binary = `${binaryFolder}${source}`;
  const words = ['-O2', '-w', `${sourceFolder}${source}.c`, '-o', binary, ...libraries.map((name) => `-l${name}`)];
  const { status, error } = spawnSync('gcc', words, { stdio: 'ignore' });
  if (status !== 0) {
    process.stderr.write(`${source} does not compile here (${error?.message ?? 'no headers?'}): no figures from it\n`);
    return undefined;
  }
  return binary;
}
