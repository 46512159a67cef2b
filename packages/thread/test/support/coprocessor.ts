import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = process.env['SELVAGE_OPENTHREAD'];
const candidates = [process.env['SELVAGE_OT_RCP'], folder && join(dirname(folder), 'ncp', 'ot-rcp')];

/** OpenThread's radio co-processor, not built by anything here; undefined where there is none. */
export const otRcp = candidates.find((path) => path !== undefined && existsSync(path));

/** The command of a co-processor that is a node of an ether. */
export function coprocessorCommand(node: number, portBase: number): string {
  return `env PORT_BASE=${portBase} ${otRcp ?? 'ot-rcp'} ${node}`;
}
