/**
 * `npm run bench [-- --json] [-- prefix]`: measures the built packages, each figure beside a peer that the same
 * run measured. Progress goes to standard error, results to standard output.
 */
import { parseArgs } from 'node:util';
import { sweepBuffersInPlace } from '@selvage/core/node';
import type { Figure, PeerMeasured, Result } from './figure.js';
import { figures } from './figures/index.js';
import { runPeers } from './peers.js';
import { jsonLine, table } from './report.js';

// As the `selvage` command does it.
sweepBuffersInPlace();

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [prefix = ''] = positionals;

const wanted = figures.filter(({ name }) => name.startsWith(prefix));
if (wanted.length === 0) {
  process.stderr.write(`no figure begins with "${prefix}"; there are ${figures.map(({ name }) => name).join(', ')}\n`);
  process.exitCode = 2;
} else {
  await measureAll(wanted);
}

async function measureAll(wanted: readonly Figure[]): Promise<void> {
  say('peers');
  const peers = runPeers(prefix);
  const results: Result[] = [];
  for (const figure of wanted) {
    say(figure.name);
    const result = await measure(figure, peers.get(figure.name) ?? []);
    results.push(result);
    if (options.json) {
      process.stdout.write(`${jsonLine(result)}\n`);
    }
  }
  if (!options.json) {
    process.stdout.write(`${table(results)}\n`);
  }
}

/** A peer in this process is the one the figure is held against; the C libraries come after it. */
async function measure(figure: Figure, others: readonly PeerMeasured[]): Promise<Result> {
  const { measured, peer } = await figure.measure();
  return { figure, measured, peers: peer === undefined ? others : [peer, ...others] };
}

function say(what: string): void {
  process.stderr.write(`measuring ${what} …\n`);
}
