import type { JsonValues } from './order.js';

/** Values as people write them for `selvage set`: `value=true`. */
export function valuesText(values: JsonValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
