import { type Charge, chargeOf, nrf52840, type World } from '@selvage/sim';
import type { Telling } from '../ca/report.js';
import { type Column, tableLines } from '../terminal/table.js';
import { count } from '../terminal/text.js';

const least = 8;
const columns: readonly Column[] = [
  { title: 'node', least },
  { title: 'kind' },
  ...['mC', 'send', 'receive', 'assess', 'compute', 'sleep', 'µA'].map((title) => ({ title, align: 'right' as const })),
];

/** What each node of a world that counts has drawn by now, a row a node. */
export function energyTold(world: World, width = Infinity): Telling {
  const drawn = [...world.nodes].flatMap(({ name, kind, energy }) => {
    if (energy === undefined) return [];
    const { use } = energy;
    const charge = chargeOf(use, nrf52840, 'native');
    return [{ name, kind, duration: use.duration, charge, portable: chargeOf(use, nrf52840, 'portable') }];
  });
  const rows = drawn.map(({ name, kind, duration, charge }) => [name, kind, ...cells(charge, duration)]);
  const what = `Charge of ${count(drawn.length, 'node')} as an ${nrf52840.name} at 3 V, cryptography by its CryptoCell:`;
  return {
    event: 'energy',
    data: { chip: nrf52840.name, unit: 'µC', nodes: drawn },
    lines: [what, ...tableLines(columns, rows, width)],
  };
}

/** Millicoulombs, and the mean current in microamperes: 1 µC in 1 ms is 1 mA. */
function cells({ total, transmit, receive, assess, compute, sleep }: Charge, duration: number): string[] {
  const millicoulombs = [total, transmit, receive, assess, compute, sleep].map((value) => (value / 1000).toFixed(2));
  return [...millicoulombs, duration === 0 ? '' : ((1000 * total) / duration).toFixed(1)];
}
