/** The layer check: says every import and dependency that DESIGN §2, as `layers.json` has it, does not allow, and every circle. */
import { checkLayers } from './layer-rules.mjs';
import { readJson } from './json.mjs';
import { root } from './root.mjs';

const table = /** @type {import('./layer-rules.mjs').LayerTable} */ (readJson(new URL('layers.json', import.meta.url)));

const violations = checkLayers(root, table);
for (const { file, line, rule } of violations) {
  process.stdout.write(`${file}:${line}: ${rule}\n`);
}
process.exitCode = violations.length === 0 ? 0 : 1;
