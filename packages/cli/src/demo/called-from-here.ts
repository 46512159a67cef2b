import { relative } from 'node:path';

/** How this program is called from here: from a clone it has no name of its own. */
export function calledFromHere(): string {
  const path = relative(process.cwd(), process.argv[1] ?? '');
  return path.endsWith('.js') && !path.startsWith('..') ? `node ${path}` : 'selvage';
}
