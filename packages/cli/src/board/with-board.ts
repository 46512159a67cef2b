import { SelvageError } from '@selvage/core';
import { type FileBoard, openBoard } from '@selvage/hardware/node';
import { step } from '../ca/step.js';

/**
 * Works on a board whose power is off.
 * @throws SelvageError `file-not-found` where there is none, `store-in-use` while it is on, and as the work.
 */
export async function withBoard<T>(folder: string, work: (board: FileBoard) => Promise<T>): Promise<T> {
  const board = await step(`open the board in ${folder}`, () => openBoard(folder).catch(whileOn));
  try {
    return await work(board);
  } finally {
    await board.close();
  }
}

function whileOn(cause: unknown): never {
  if (!(cause instanceof SelvageError) || cause.code !== 'store-in-use') throw cause;
  throw new SelvageError('store-in-use', 'its power is on', {
    cause,
    details: { ...cause.details },
    remedy: 'end it in its terminal with Ctrl-C; there, Enter is its reset button',
  });
}
