import type { Surface } from '../../terminal/surface.js';
import { type NodeOptions, withNode } from '../node/with-node.js';
import { networkDataEntries } from './network-data-lines.js';

/** `thread netdata`: what the leader tells every node of prefixes, routes and services. */
export function netdataVerb(surface: Surface, dataset: string | undefined, options: NodeOptions): Promise<void> {
  return withNode(surface, dataset, options, async ({ runner, report }) => {
    const { networkData, status } = runner.node;
    const { dataVersion = 0, stableDataVersion = 0 } = status.partition ?? {};
    const versions = { version: dataVersion, stableVersion: stableDataVersion, entries: networkData.length };
    report.tell({
      event: 'versions',
      data: versions,
      lines: [`network data of version ${dataVersion}, what is stable in it of ${stableDataVersion}`],
    });
    for (const { data, lines } of networkDataEntries(networkData)) report.show({ event: 'entry', data, lines });
    const isEmpty = networkData.every(({ type }) => type === 'commissioning');
    if (!isEmpty) return;
    report.tell({ event: 'empty', data: {}, lines: ['no node offers a prefix, a route or a service'] });
  });
}
