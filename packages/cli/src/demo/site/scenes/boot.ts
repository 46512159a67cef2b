import type { BootRow } from '../events.js';
import type { NewsOf } from '../../../board/news.js';
import { offBoards, roster } from '../roster.js';
import type { Stage } from '../stage.js';

/** The board whose boot log is shown whole. */
const shown = 'hall-light';

/** The boards have their power: those whose images verify start, and the others stay off and say why. */
export async function bootScene(stage: Stage): Promise<void> {
  const { screen, expectations, boots } = stage;
  screen.tell({
    event: 'scene',
    title: 'Boot',
    text: `Each device is a board: its boot ROM starts firmware only if a key burnt into the chip has signed it, and the
      very bytes that it verified. What the ROM of ${shown} says, and which boards start:`,
  });
  screen.tell({ event: 'boot-log', name: shown, log: boots.get(shown)?.log ?? [] });
  const rows = [...roster, ...offBoards].flatMap(({ name }) => rowOf(boots.get(name)));
  screen.tell({ event: 'booted', boards: rows });
  const started = rows.filter(({ version }) => version !== undefined).map(({ name }) => name);
  expectations.observe(
    'all eight start the firmware that their manufacturer signed',
    roster.every(({ name }) => started.includes(name)),
  );
  for (const { name, check, claim } of offBoards) {
    const boot = boots.get(name);
    const isOff = boot !== undefined && boot.image === undefined;
    expectations.observe(claim, isOff && boot.log.some((line) => check.test(line)));
  }
  tellIsolation(stage);
}

function rowOf(boot: NewsOf<'boot'> | undefined): BootRow[] {
  if (boot === undefined) return [];
  const { name, image, log, milliseconds } = boot;
  if (image === undefined) return [{ name, why: refusalIn(log), milliseconds }];
  const { version, slot, trial } = image;
  return [{ name, version, slot, trial, milliseconds }];
}

/** The first thing that was refused; the last line says no more than that nothing starts. */
function refusalIn(log: readonly string[]): string {
  return log.find((line) => line.includes('refused')) ?? log.at(-1) ?? 'it does not say why';
}

/** What keeps the firmware in depends on what this host offers; it is said, and it is the same for all. */
function tellIsolation({ screen, expectations, boots }: Stage): void {
  const kinds = new Set(roster.map(({ name }) => boots.get(name)?.isolation));
  const [isolation = 'none'] = kinds;
  screen.tell({ event: 'fact', label: 'isolation', text: isolationText(isolation) });
  expectations.observe(
    'firmware has no file, no process and no variable of this host',
    kinds.size === 1 && isolation !== 'none',
  );
}

function isolationText(isolation: string): string {
  const own = `${isolation}: the firmware of each device is a process of its own, with its board as its only channel`;
  return isolation === 'permission-only' ? `${own}; this host has no namespaces to take the network from it` : own;
}
