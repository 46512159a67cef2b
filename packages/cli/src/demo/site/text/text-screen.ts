import { methodWords } from '../../../ocf/method-words.js';
import { errorLines } from '../../../terminal/error-text.js';
import { LiveLines } from '../../../terminal/live-lines.js';
import { type Canvas, drawMesh } from '../../../terminal/mesh/draw-mesh.js';
import type { MeshPicture } from '../../../terminal/mesh/mesh-picture.js';
import type { Style } from '../../../terminal/style.js';
import type { Sink } from '../../../terminal/surface.js';
import { commandLines, hang, tookText, wrap } from '../../../terminal/text.js';
import type { AuditRow, OwnedRow, RequestRow, SiteEvent, SiteScreen } from '../events.js';
import { newsLine } from '../../../board/news-line.js';
import { joinStepWords } from '../../../thread/commissioning/joiners/join-step-words.js';
import type { JoinStep } from '@selvage/thread';
import { accessTable, bootTable, foundTable, meshTable, summaryTable } from './tables.js';

const [leastWidth, usualWidth, mostWidth] = [60, 80, 110] as const;
/** Every line of a scene stands in from the left. */
const indent = '   ';
const [nameWidth, methodWidth, betweenWidth, requestWidth, triesWidth] = [13, 11, 26, 29, 49] as const;

/** The show for a person: what is going on is drawn in place, what is done stays. */
export class TextScreen implements SiteScreen {
  readonly #sink: Sink;
  readonly #live: LiveLines;
  readonly #style: Style;
  readonly #width: number;
  #scenes = 0;
  /** How many the mesh had when it was drawn last: its border node at least. */
  #routers = 1;
  #last: SiteEvent['event'] | undefined;

  constructor(sink: Sink, style: Style) {
    this.#sink = sink;
    this.#live = new LiveLines(sink);
    this.#style = style;
    this.#width = Math.min(Math.max(sink.columns ?? usualWidth, leastWidth), mostWidth) - 1;
  }

  tell(event: SiteEvent): void {
    if (event.event === 'started') return;
    if (event.event === 'forming') return this.#form(event.picture);
    if (event.event === 'mesh' || event.event === 'failed') this.#live.clear();
    if (event.event === 'looking') return this.#live.set('looking', `${indent}listening for ${event.seconds} s …`);
    if (event.event === 'joining') {
      const { name, step, failure } = event;
      return this.#live.set(name, `${indent}${name.padEnd(nameWidth)}  ${joiningText(step, failure)}`);
    }
    if (event.event === 'step') {
      const { name, number, step } = event;
      return this.#live.set(name, `${indent}${name.padEnd(nameWidth)}  ${`${number}`.padStart(2)}. ${step}`);
    }
    const lines = this.#lines(event);
    const before = startsBlock(event.event, this.#last) ? [''] : [];
    this.#last = event.event;
    this.#live.settle(keyOf(event), [...before, ...lines.map((line) => line.trimEnd())]);
  }

  #lines(event: Exclude<SiteEvent, { event: 'started' | 'looking' | 'joining' | 'step' | 'forming' }>): string[] {
    const { bold, dim, good, bad, accent } = this.#style;
    const within = this.#width - indent.length;
    switch (event.event) {
      case 'title':
        return [bold(event.text), ...event.lines.flatMap((line) => wrap(line, this.#width))];
      case 'scene':
        return [bold(accent(`${++this.#scenes}. ${event.title}`)), ...this.#prose(event.text), ''];
      case 'boot-log':
        return event.log.flatMap((line) => hang(indent, shortened(line), this.#width)).map(dim);
      case 'booted':
        return [
          ...this.#table(bootTable(event.boards, within)),
          ...event.boards.flatMap(({ name, why }) => {
            if (why === undefined) return [];
            return hang(`${indent}${name.padEnd(nameWidth)}  stays off: `, why, this.#width).map(bad);
          }),
        ];
      case 'joined': {
        const { name, eui64, by, milliseconds } = event;
        const head = `${indent}${name.padEnd(nameWidth)}  ${eui64}  `;
        return hang(head, `joined by the ${by} in ${(milliseconds / 1000).toFixed(1)} s`, this.#width).map(good);
      }
      case 'not-joined': {
        const { name, eui64, failure, message } = event;
        const head = `${indent}${name.padEnd(nameWidth)}  ${eui64}  `;
        return hang(head, `${message} [${failure}]`, this.#width).map(bad);
      }
      case 'mesh':
        return [...this.#drawn(event.picture), '', ...this.#table(meshTable(event.nodes, within))];
      case 'topology':
        return this.#drawn(event.picture);
      case 'found': {
        const { devices, others } = event;
        const more = `${others} more without an owner are on this network; this show leaves them alone.`;
        return [...this.#table(foundTable(devices, within)), ...(others === 0 ? [] : this.#prose(more).map(dim))];
      }
      case 'owned':
        return hang(`${indent}${ownedHead(event)}`, ownedNote(event), this.#width);
      case 'not-owned':
        return hang(`${indent}${event.name}: `, `${event.error.message} [${event.error.code}]`, this.#width).map(bad);
      case 'access':
        return this.#table(accessTable(event.who, event.devices, within));
      case 'request':
        return [requestLine(event, event.isRefused ? bad : good)];
      case 'observed':
        return hang(`${indent}${event.who} observes ${event.device}: `, event.values.join(', then '), this.#width);
      case 'stranger':
        return [`${indent}${event.tries.padEnd(triesWidth)}  ${bad(event.answer)}`];
      case 'audit':
        return [`${indent}The audit log of ${event.name}:`, ...event.log.flatMap((one) => this.#audit(one))];
      case 'fact':
        return hang(`${indent}${event.label.padEnd(nameWidth)}  `, event.text, this.#width);
      case 'summary':
        return this.#summary(event);
      case 'places': {
        const longest = Math.max(...event.places.map(([path]) => path.length));
        return event.places.flatMap(([path, what]) => hang(`${path.padEnd(longest)}  `, what, this.#width));
      }
      case 'commands':
        return [
          ...wrap(event.text, this.#width),
          ...event.commands
            .flatMap((command) => commandLines(command, this.#width - 2))
            .map((line) => accent(`  ${line}`)),
        ];
      case 'failed':
        return errorLines(event.error, this.#style, within).map((line) => `${indent}${line}`);
      case 'news':
        return newsLine(event, this.#width, this.#style);
      case 'expectation': {
        const lines = hang(event.observed ? `${indent}✔ ` : `${indent}✘ `, event.what, this.#width);
        return lines.map(event.observed ? good : (line) => bold(bad(line)));
      }
      case 'end':
        return event.ok
          ? [bold(good(`All ${event.observed} expectations were observed.`))]
          : [
              bold(bad(`${event.missed.length} expectations were not observed:`)),
              ...event.missed.map((what) => `  ✘ ${what}`),
            ];
    }
  }

  /**
   * A mesh that grows is drawn in place below all that is told meanwhile. Where nobody looks on, it is drawn each time that
   * it has more routers: a log has its shape once.
   */
  #form(picture: MeshPicture): void {
    if (this.#sink.isTerminal) return this.#live.setPicture((rows) => this.#drawn(picture, { rows }));
    const routers = picture.partitions.flatMap((partition) => partition.routers).length;
    if (routers <= this.#routers) return;
    this.#routers = routers;
    const before = startsBlock('forming', this.#last) ? [''] : [];
    this.#last = 'forming';
    this.#live.settle(undefined, [...before, ...this.#drawn(picture, { legend: false })]);
  }

  #drawn(picture: MeshPicture, room: Pick<Canvas, 'rows' | 'legend'> = {}): string[] {
    const columns = this.#width - indent.length;
    return drawMesh(picture, { columns, ...room, style: this.#style }).map((line) => `${indent}${line}`);
  }

  #prose(text: string): string[] {
    return wrap(text, this.#width - indent.length).map((line) => `${indent}${line}`);
  }

  #table([head = '', ...rows]: readonly string[]): string[] {
    return [this.#style.dim(`${indent}${head}`), ...rows.map((row) => `${indent}${row}`)];
  }

  #summary({ ok, seconds, devices }: Extract<SiteEvent, { event: 'summary' }>): string[] {
    const [head = '', ...rows] = summaryTable(devices, this.#width);
    const title = `${ok ? 'Locked down in' : 'Not as it should be, after'} ${seconds.toFixed(1)} s`;
    return [this.#style.bold(title), this.#style.dim(head), ...rows];
  }

  #audit({ at, id, message, about }: AuditRow): string[] {
    const head = `${indent}  ${at.slice(11, 19)}  ${id.padEnd(6)}  `;
    return hang(head, [message, ...about].join(' · '), this.#width).map(this.#style.dim);
  }
}

/** What ends the changing line of a device. */
const settling: ReadonlySet<SiteEvent['event']> = new Set(['owned', 'not-owned', 'joined', 'not-joined']);

/** How far a board is on its way into a mesh. */
function joiningText(step: JoinStep, failure: string | undefined): string {
  return failure === undefined ? joinStepWords[step] : `${failure}; it will ask again`;
}

/** The changing line that an event ends. */
function keyOf(event: SiteEvent): string | undefined {
  if (event.event === 'found') return 'looking';
  return settling.has(event.event) && 'name' in event ? event.name : undefined;
}

function ownedHead({ name, method, steps, milliseconds }: OwnedRow): string {
  const time = tookText(milliseconds);
  return `${name.padEnd(nameWidth)}  ${methodWords[method].padEnd(methodWidth)}  ${steps} steps  ${time.padStart(6)}  `;
}

/** Hashes are told apart by less. */
function shortened(line: string): string {
  return line.replace(/\b([0-9a-f]{8})[0-9a-f]{8}…/g, '$1…');
}

/** What the method rested on. */
function ownedNote({ maker, pin, firmware }: OwnedRow): string {
  const runs = firmware === undefined ? '' : `runs ${firmware}, `;
  if (pin !== undefined) return `${runs}PIN ${pin}`;
  return `${runs}${maker === undefined ? 'no proof asked' : `by ${/\bO=([^,]+)/.exec(maker)?.[1] ?? maker}`}`;
}

function requestLine(row: RequestRow, style: (text: string) => string): string {
  const between = `${row.from} → ${row.to}`.padEnd(betweenWidth);
  return `${indent}${between}  ${row.request.padEnd(requestWidth)}  ${style(row.answer)}`;
}

/** Whether an empty line goes before: where another kind of thing begins. */
function startsBlock(event: SiteEvent['event'], last: SiteEvent['event'] | undefined): boolean {
  if (event === 'commands') return true;
  if (last === undefined || event === last || last === 'scene') return false;
  const flows: readonly SiteEvent['event'][] = [
    ...(['request', 'observed', 'stranger', 'fact', 'owned', 'not-owned', 'joined', 'not-joined'] as const),
  ];
  return !(flows.includes(event) && flows.includes(last));
}
