import { BoardProcess } from '@selvage/device/node';
import type { Report } from '../ca/report.js';
import type { CommonOptions } from '../ocf/options.js';
import { InputLines } from '../terminal/input-lines.js';
import { styleFor } from '../terminal/style.js';
import { interruption, type Surface } from '../terminal/surface.js';
import { type DeviceNews, deviceNews } from './news.js';
import { wrap } from '../terminal/text.js';
import { newsLine } from './news-line.js';

export interface RunBoardOptions extends CommonOptions {
  readonly held?: boolean;
}

const usualWidth = 80;

/**
 * `board run`: a board with its power on, until somebody ends it. Enter, or SIGUSR2, is its reset button.
 * @throws SelvageError what the board failed of.
 */
export async function runBoard(
  surface: Surface,
  report: Report,
  folder: string,
  options: RunBoardOptions,
): Promise<void> {
  const { clock } = surface;
  const board = new BoardProcess({ clock, folder, interface: options.interface, held: options.held });
  const teller = new BoardTeller(surface, report);
  board.onNews((news) => {
    // What a board fails of ends it, and is told as that.
    const told = news.event === 'failed' ? undefined : deviceNews('', news);
    if (told !== undefined) teller.tell(told);
  });
  const stop = watchButton(surface, () => board.do({ do: 'press' }));
  try {
    await Promise.race([interruption(surface), board.ended.then(() => Promise.reject(board.failure()))]);
  } finally {
    stop();
    await board.close();
  }
}

/** Tells of a board what somebody who stands before it sees. */
class BoardTeller {
  readonly #surface: Surface;
  readonly #report: Report;

  constructor(surface: Surface, report: Report) {
    this.#surface = surface;
    this.#report = report;
  }

  tell(news: DeviceNews): void {
    const { name: _, event, ...data } = news;
    this.#report.show({ event, data, lines: this.#lines(news) });
  }

  #lines(news: DeviceNews): string[] {
    const { stdout, env } = this.#surface;
    const style = styleFor(stdout, env);
    const width = (stdout.columns ?? usualWidth) - 1;
    if (news.event === 'boot') return [...news.log.map(style.dim), ...(news.image ? [] : [style.bad('it stays off')])];
    if (news.event === 'running') {
      const { device, state } = news;
      const text = `serves as ${device}, ${state}. Enter, or SIGUSR2, is its reset button; Ctrl-C ends.`;
      return wrap(text, width).map(style.good);
    }
    const who = news.event === 'state' ? news.owner : undefined;
    return newsLine({ news, who }, width, style).map((line) => line.trimStart());
  }
}

function watchButton({ stdin }: Surface, press: () => void): () => void {
  process.on('SIGUSR2', press);
  const input = new InputLines(stdin);
  void (async () => {
    for (let line = await input.next(); line !== undefined; line = await input.next()) press();
  })();
  return () => process.off('SIGUSR2', press);
}
