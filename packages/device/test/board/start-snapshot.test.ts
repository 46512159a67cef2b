/** The secure world's program, in memory when Node starts or loaded from its files: it is the same, and nothing drawn is shared. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eachLine } from '../../src/node/board/lines.js';
import { type BoardNews, readBoardNews } from '../../src/node/board/news.js';
import { secureWorldWords, snapshotFiles, snapshotStamp } from '../../src/node/board/secure-world-program.js';
import { madeBoard, network, PoweredBoard } from '../support/bench-made.js';

const bundle = (name: string) => fileURLToPath(new URL(`../../dist/bundle/${name}`, import.meta.url));
const [starter, code] = [bundle('secure-world.cjs'), bundle('secure-world.code.cjs')];
const inMemory = ['--snapshot-blob', snapshotFiles.blob];

/** What a secure world tells that is started so, up to its start or its failure. */
async function toldBy(words: readonly string[], folder: string): Promise<BoardNews> {
  const setting = JSON.stringify({ folder, interface: network });
  const child = spawn(process.execPath, [...words, setting], { env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const news = await new Promise<BoardNews>((resolve, reject) => {
    const take = (line: string): void => {
      const one = readBoardNews(line);
      if (one.event === 'boot' || one.event === 'failed') resolve(one);
    };
    eachLine(child.stdout, take, () => reject(new Error('it has ended')));
  });
  child.stdin.end();
  await ended;
  return news;
}

describe('a secure world', () => {
  it('is in memory when this Node starts that has built it', () => {
    expect(readFileSync(snapshotFiles.stamp, 'latin1')).toBe(snapshotStamp());
    expect(secureWorldWords().slice(-3)).toEqual([...inMemory, code]);
  });

  it('starts and measures the same where its program is loaded from files', async () => {
    const folder = await madeBoard();
    // The first start of all raises the security counter.
    await toldBy([starter], folder);
    const [loaded, present] = [await toldBy([starter], folder), await toldBy([...inMemory, code], folder)];
    expect(loaded).toMatchObject({ event: 'boot', image: { slot: 0, version: '1.0.0' } });
    const stable = (news: BoardNews) => ({ ...news, pid: 0, milliseconds: 0 });
    expect(stable(present)).toEqual(stable(loaded));
  });

  it('does not start where it measures another program than it was made of', async () => {
    const told = await toldBy([...inMemory, starter], await madeBoard());
    expect(told).toMatchObject({ event: 'failed', error: { code: 'wrong-state' } });
  });

  it('draws what no other draws, though all start with the same memory', async () => {
    const folders = [await madeBoard(), await madeBoard(), await madeBoard()];
    const boards = folders.map((folder) => new PoweredBoard(folder));
    for (const board of boards) await board.next('boot');
    const nonces = folders.map((folder) => {
      const { nonce } = JSON.parse(readFileSync(join(folder, 'lock'), 'latin1')) as { readonly nonce: string };
      return nonce;
    });
    expect(new Set(nonces).size).toBe(folders.length);
    for (const board of boards) await board.off();
  });
});
