import type { JsonValues } from './order.js';

/** Values as people write them for `selvage set`: `value=true`. */
export function valuesText(values: JsonValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** A short address on a mesh: `0x2c01`. */
export function rloc16Text(rloc16: number): string {
  return `0x${rloc16.toString(16).padStart(4, '0')}`;
}
