import { shortId } from '../../../ocf/language/device-name.js';
import { methodWords } from '../../../ocf/method-words.js';
import { type Column, tableLines, wrappedTableLines } from '../../../terminal/table.js';
import { tookText } from '../../../terminal/text.js';
import { rloc16Text } from '../../../board/values-text.js';
import type { AccessRow, BootRow, FoundRow, MeshRow, SummaryRow } from '../events.js';

/** Nothing may be done. */
const nothing = '–';

/** Boards that started, and from where. */
export function bootTable(boards: readonly BootRow[], width: number): string[] {
  const rows = boards.flatMap(({ name, version, slot, milliseconds }) => {
    return version === undefined ? [] : [[name, version, `${slot}`, `${milliseconds.toFixed(0)} ms`]];
  });
  return tableLines(columnsOf(['device', 'firmware', 'slot', 'started in']), rows, width);
}

/** Boards on a mesh: what each is there, and where; their addresses where there is room for them. */
export function meshTable(nodes: readonly MeshRow[], width: number): string[] {
  const titles = ['device', 'role', 'short', 'attached in', 'mesh-local address'];
  const rows = nodes.map(({ name, role, sleepy, rloc16, address, milliseconds }) => {
    return [name, sleepy ? `sleepy ${role}` : role, rloc16Text(rloc16), tookText(milliseconds), address];
  });
  return fittingTable(titles, rows, width);
}

/** Devices without an owner; their addresses where there is room for them. */
export function foundTable(devices: readonly FoundRow[], width: number): string[] {
  const titles = ['device', 'kind', 'id', 'can be owned by', 'address'];
  const rows = devices.map(({ name, kind, device, methods, address }) => {
    return [name, kind, shortId(device), methods.map((method) => methodWords[method]).join(', '), address];
  });
  return fittingTable(titles, rows, width);
}

/** Without its last column where all of it is too wide. */
function fittingTable(titles: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const whole = tableLines(columnsOf(titles), rows, width);
  const isTooWide = whole.some((line) => line.length > width);
  return isTooWide ? tableLines(columnsOf(titles.slice(0, -1)), rows, width) : whole;
}

/** Who may do what: a device in each line, somebody in each column. */
export function accessTable(who: readonly string[], devices: readonly AccessRow[], width: number): string[] {
  const rows = devices.map(({ device, rights }) => [device, ...who.map((one) => short(rights[one]))]);
  return tableLines(columnsOf(['device', ...who]), rows, width);
}

/** The devices at the end. */
export function summaryTable(devices: readonly SummaryRow[], width: number): string[] {
  const rows = devices.map((one) => {
    return [one.name, one.kind, methodWords[one.method], one.certificateUntil, othersText(one)];
  });
  return wrappedTableLines(columnsOf(['device', 'kind', 'owned by', 'certified to', 'who else may what']), rows, width);
}

function othersText({ rights, owner, isOurs }: SummaryRow): string {
  const others = Object.entries(rights).map(([who, what]) => `${who}: ${what}`);
  const text = others.join('; ') || nothing;
  return isOurs ? text : `${text} (owner: ${owner})`;
}

function columnsOf(titles: readonly string[]): Column[] {
  return titles.map((title) => ({ title }));
}

/** `read, write, notify` in a column of a table. */
function short(rights: string | undefined): string {
  if (rights === undefined) return nothing;
  return rights.replace(', notify', '').replaceAll(', ', ' ');
}
