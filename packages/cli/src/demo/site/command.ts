import { type Command, Option } from 'commander';
import { join } from 'node:path';
import { addNetworkOptions } from '../../ocf/options.js';
import { performToEnd } from '../../terminal/perform.js';
import type { Surface } from '../../terminal/surface.js';
import { showRadio, showRadioHelp } from './network/show-radio.js';
import type { SiteShowOptions } from './show-options.js';
import { showSite } from './site-show.js';

/** The main job, on `selvage demo` itself. */
export function addSiteShow(demo: Command, surface: Surface, finish: (exitCode: number) => void): void {
  demo
    .summary('watch a site of eight devices go from sealed box to locked-down')
    .description(description.join('\n\n'))
    .option('--stay', 'keep the site up afterwards, for the other commands, until Ctrl-C')
    .option(
      '--state <folder>',
      'where its owners and devices keep what they have; made anew each time',
      join('.selvage', 'demo'),
    )
    .addOption(new Option('--radio <radio>', showRadioHelp).argParser(showRadio).conflicts('interface'))
    .addHelpText('after', examples)
    .action((options: SiteShowOptions) => performToEnd(surface, options, finish, () => showSite(surface, options)));
  addNetworkOptions(demo, surface);
}

const description = [
  [
    'Eight OCF devices boot on this host, each on a board of its own with a radio, and two more must stay off. You see',
    'what starts, and why not; the eight let into a mesh on a simulated air by the passphrases on their labels, and three',
    'others not; the eight found there, owned by every method once they have said what they run, certified, and granted no',
    'more than their jobs need; then a switch turn on its light and be refused at the lock, strangers be refused, one',
    'device get newer firmware, the mesh another key, and one device another owner.',
  ].join(' '),
  'Exits 0 only if everything it claims was really observed, else 1 and says what was not.',
];

const examples = `
Examples:
  The whole show, and the same for a program:
    $ selvage demo
    $ selvage demo --json

  A site to try the other commands on, from a second terminal:
    $ selvage demo --stay
    $ selvage devices --site .selvage/demo/site
    $ selvage set hall-switch /switch value=true --site .selvage/demo/site

  With the border node's frames through a radio co-processor of OpenThread's:
    $ selvage demo --radio 'spinel:ot-rcp 1'

  Without a mesh: on this host's loopback, or on a real network:
    $ selvage demo --radio none
    $ selvage demo --interface eth0

Exit codes: 0 all was observed · 1 something was not
  64 an option cannot be used · 69 no port · 74 the disk
  75 a show runs in that folder already
  130 ended by Ctrl-C before its end
`;
