import { type RunNews, type ScenarioRun, viewOf } from '@selvage/sim';
import { drawMesh } from '../terminal/mesh/draw-mesh.js';
import { LivePage } from '../terminal/live-page.js';
import { styleFor } from '../terminal/style.js';
import type { Surface } from '../terminal/surface.js';
import { clip } from '../terminal/text.js';
import { newsEvent, newsText, timeText } from './news-text.js';
import { pictureOf } from './picture.js';

const usualWidth = 80;
/** Lines of news below the mesh. */
const mostNews = 8;

/** Shows a run as it goes: on a terminal the mesh with the last news below it, elsewhere a line for each piece of news. */
export class WorldView {
  readonly #surface: Surface;
  readonly #json: boolean;
  readonly #page: LivePage;
  readonly #last: string[] = [];

  constructor(surface: Surface, json: boolean) {
    this.#surface = surface;
    this.#json = json;
    this.#page = new LivePage(surface.stdout);
  }

  /** Whether somebody looks at a picture that moves. */
  get isLive(): boolean {
    return this.#surface.stdout.isTerminal && !this.#json;
  }

  tell(news: RunNews, now: number): void {
    const { stdout } = this.#surface;
    if (this.#json) {
      const event = newsEvent(news);
      if (event !== undefined) stdout.write(`${JSON.stringify(event)}\n`);
      return;
    }
    const text = newsText(news);
    if (text === undefined) return;
    const line = `${timeText(now)}  ${text}`;
    if (!this.isLive) return stdout.write(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > mostNews) this.#last.shift();
  }

  draw({ scenario, world }: ScenarioRun): void {
    if (!this.isLive) return;
    const { stdout, env } = this.#surface;
    const columns = (stdout.columns ?? usualWidth) - 1;
    const { rows } = this.#page;
    const news = this.#last.map((line) => clip(line, columns));
    const room = rows === undefined ? undefined : Math.max(rows - mostNews - 1, 1);
    const mesh = drawMesh(pictureOf(scenario.name, viewOf(world), world.now()), {
      columns,
      rows: room,
      style: styleFor(stdout, env),
    });
    this.#page.draw([...mesh, '', ...news].slice(0, rows));
  }
}
