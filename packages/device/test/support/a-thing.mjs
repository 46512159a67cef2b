/** A thing with a board in it, as a process: it tells the board's processes, and lives until somebody ends it. */
import { systemClock } from '../../../core/dist/node/index.js';
import { BoardProcess } from '../../dist/node/index.js';

const [folder = '', wanted] = process.argv.slice(2);
const confinement = wanted === 'none' ? wanted : undefined;
const board = new BoardProcess({ clock: systemClock, folder, confinement });
board.onNews((news) => {
  if (news.event === 'boot') process.stdout.write(JSON.stringify([board.pid, news.pid]));
});
