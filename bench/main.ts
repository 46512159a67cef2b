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

const names = figures.map(({ name }) => name).join(', ');
const usage = `Usage: npm run bench -- [--json] [prefix]

Measures the built packages beside their peers, and says which goals are met.

  prefix   the figures whose names begin so (default: all, which takes long)
  --json   one JSON object a figure on standard output
  --help   this text

Examples:
    $ npm run bench -- dtls.
    $ npm run bench -- --json boot.verify

Exit codes: 0 all was measured · 64 an option cannot be used

The figures: ${names}
`;

const { options, prefix } = asked();
const wanted = figures.filter(({ name }) => name.startsWith(prefix));
if (options.help) process.stdout.write(usage);
else if (wanted.length === 0) refuse(`no figure begins with "${prefix}"; there are ${names}`);
else await measureAll(wanted);

/** What the command line asks for; one that cannot be understood is told, and ends the program. */
function asked() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
    });
    return { options: values, prefix: positionals[0] ?? '' };
  } catch (error) {
    refuse(`${error instanceof Error ? error.message : String(error)}\n(--help explains each option)`);
    process.exit();
  }
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 64;
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
