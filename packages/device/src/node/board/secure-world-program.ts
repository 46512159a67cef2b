import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The files of the secure world's program, from the sources as from the build. */
const fileOf = (ending: string) =>
  fileURLToPath(new URL(`../../../dist/bundle/secure-world${ending}`, import.meta.url));

/** The program as it is loaded by any Node; what it measures of itself; and what it is started with in memory. */
const [program, code] = [fileOf('.cjs'), fileOf('.code.cjs')];
/** Node's memory with the program loaded, for one Node on one machine; and the {@link snapshotStamp} that it is for. */
export const snapshotFiles = { blob: fileOf('.blob'), stamp: fileOf('.blob.stamp') };

/** No flag of V8: with one, V8 compiles Node's own modules anew at each start. As `tools/bundles.mjs` has it. */
const flags = ['--v8-pool-size=0'];

/**
 * What Node is given to be a secure world, before the setting. With the snapshot nothing need be loaded; it fits only the
 * very Node that wrote it, and the code that it was made of.
 */
export function secureWorldWords(): readonly string[] {
  return isFresh() ? [...flags, '--snapshot-blob', snapshotFiles.blob, code] : [...flags, program];
}

function isFresh(): boolean {
  try {
    return readFileSync(snapshotFiles.stamp, 'latin1') === snapshotStamp();
  } catch {
    // It was not made here, or what it is for is gone.
    return false;
  }
}

/** What changes with this Node, the program's code or the snapshot. @throws Error where one of them is not there */
export function snapshotStamp(): string {
  const stamps = [process.execPath, code, snapshotFiles.blob].map((file) => {
    const { size, mtimeMs } = statSync(file);
    return `${size} ${mtimeMs}`;
  });
  return [process.version, process.arch, ...stamps].join('\n');
}
