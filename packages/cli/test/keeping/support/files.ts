import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Every file below a folder, by its path in it. */
export function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  if (!existsSync(folder)) return new Map();
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(folder, path))]));
}

/** The files of a folder that anybody may have: all but those of the modelled chips. */
export function filesOutsideChips(folder: string): ReadonlyMap<string, Buffer> {
  return new Map([...filesIn(folder)].filter(([path]) => !path.split(sep).includes('chip')));
}
