import { shortId } from '../../../ocf/language/device-name.js';
import { methodWords } from '../../../ocf/method-words.js';
import { tableLines } from '../../../terminal/table.js';
import type { AccessRow, FoundRow, SummaryRow } from '../events.js';

/** Nothing may be done. */
const nothing = '–';

/** Devices without an owner. */
export function foundTable(devices: readonly FoundRow[], width: number): string[] {
  const columns = [
    { title: 'device' },
    { title: 'kind' },
    { title: 'id' },
    { title: 'state' },
    { title: 'can be owned by' },
    { title: 'address', least: 9 },
  ];
  const rows = devices.map(({ name, kind, device, state, methods, address }) => {
    return [name, kind, shortId(device), state, methods.map((method) => methodWords[method]).join(', '), address];
  });
  return tableLines(columns, rows, width);
}

/** Who may do what: a device in each line, somebody in each column. */
export function accessTable(who: readonly string[], devices: readonly AccessRow[], width: number): string[] {
  const columns = [{ title: 'device' }, ...who.map((title) => ({ title }))];
  const rows = devices.map(({ device, rights }) => [device, ...who.map((one) => short(rights[one]))]);
  return tableLines(columns, rows, width);
}

/** The devices at the end. */
export function summaryTable(devices: readonly SummaryRow[], width: number): string[] {
  const columns = [
    { title: 'device' },
    { title: 'kind' },
    { title: 'owner', least: 6 },
    { title: 'owned by' },
    { title: 'certified until' },
    { title: 'who else may what', least: 10 },
  ];
  const rows = devices.map(({ name, kind, owner, method, certificateUntil, rights }) => {
    const others = Object.entries(rights).map(([who, what]) => `${who} ${short(what)}`);
    return [name, kind, owner, methodWords[method], certificateUntil, others.join('; ') || nothing];
  });
  return tableLines(columns, rows, width);
}

/** `read, write, notify` in a column of a table. */
function short(rights: string | undefined): string {
  if (rights === undefined) return nothing;
  return rights.replace(', notify', '').replaceAll(', ', ' ');
}
