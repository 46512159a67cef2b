import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SelvageError } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { eventLoopTurn, VirtualClock } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type OpenVault, openVault } from '../../src/keeping/kept-vault.js';
import { isRunning, treeOf } from '../support/process-tree.js';
import { Program } from '../support/program.js';
import { scratchFolder } from '../support/scratch.js';

const file = scratchFolder();
const holder = fileURLToPath(new URL('support/holder.mjs', import.meta.url));
const open = (folder: string): Promise<OpenVault> => openVault({ clock: systemClock }, { folder, what: 'the site' });

/** A command that has the vault open, and the vault's own process. */
async function hold(folder: string): Promise<{ command: Program; vault: number }> {
  const command = Program.start(process.execPath, [holder, folder]);
  await command.says(/holds it/);
  const [, vault] = treeOf(command.pid);
  return { command, vault: vault!.pid };
}

describe.skipIf(process.platform !== 'linux')('the vault of an operator', () => {
  it('ends with the command that has it open when SIGKILL ends that, and the next has all that was kept', async () => {
    const folder = file('killed');
    const { command, vault } = await hold(folder);
    command.signal('SIGKILL');
    const next = await open(folder);
    expect(await next.store.get('kept')).toEqual(Uint8Array.of(1, 2, 3));
    expect(isRunning(vault)).toBe(false);
    await next.close();
  });

  it('goes on when Ctrl-C reaches every process of the terminal: the command decides', async () => {
    const { command, vault } = await hold(file('interrupted'));
    process.kill(vault, 'SIGINT');
    for (let turn = 0; turn < 1000; turn++) await eventLoopTurn();
    expect(isRunning(vault)).toBe(true);
    command.signal('SIGKILL');
    await command.ended;
  });

  it('is waited for while another command has it, which is named when it does not end', async () => {
    const folder = file('in-use');
    const { command } = await hold(folder);
    const clock = new VirtualClock();
    const refused = openVault({ clock }, { folder, what: 'the site' }).then(
      () => undefined,
      (error: unknown) => error as SelvageError,
    );
    let error: SelvageError | undefined;
    void refused.then((one) => (error = one));
    while (error === undefined) {
      clock.advance(50);
      await eventLoopTurn();
    }
    expect([error.code, error.message]).toEqual([
      'store-in-use',
      `process ${command.pid} works with the site in ${folder}`,
    ]);
    const waits = open(folder);
    command.signal('SIGKILL');
    await (await waits).close();
  });

  it('says that it is gone when it falls while it is in use, and the next opening has what was kept', async () => {
    const folder = file('fallen');
    const vault = await open(folder);
    await vault.store.put('kept', Uint8Array.of(1));
    const own = treeOf(process.pid).find(({ words }) => words.includes(join(folder, 'vault')))!;
    process.kill(own.pid, 'SIGKILL');
    await expect(vault.store.put('lost', Uint8Array.of(2))).rejects.toMatchObject({ code: 'store-failed' });
    await vault.close();
    const again = await open(folder);
    expect(await again.store.names()).toEqual(['kept']);
    await again.close();
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('shows nothing of what it keeps outside its chip', async () => {
    const folder = file('quiet');
    const vault = await open(folder);
    await vault.store.put('my-very-own-name', Buffer.from('a value that is to be seen by nobody'));
    await vault.close();
    const store = readFileSync(join(folder, 'vault', 'store'));
    expect([store.includes('my-very-own-name'), store.includes('to be seen by nobody')]).toEqual([false, false]);
  });
});
