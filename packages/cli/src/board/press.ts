import type { Report } from '../ca/report.js';
import { withBoard } from './with-board.js';

/**
 * `board press`: holds the reset button of a board whose power is off; when the power comes it wipes what its owner left.
 * @throws SelvageError `store-in-use` while it is on: there the button is Enter.
 */
export async function press(report: Report, folder: string): Promise<void> {
  await withBoard(folder, (board) => board.resetButton.hold());
  report.show({
    event: 'pressed',
    data: { folder },
    lines: [`when its power comes it wipes what its owner left, and is as new: selvage board run ${folder}`],
  });
}
