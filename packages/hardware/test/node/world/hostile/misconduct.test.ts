/** Firmware that behaves as no board puts up with: it is ended, and the secure world serves others all the while. */
import { eventLoopTurn } from '@selvage/core/virtual';
import type { FirmwareEnd, RefusalKind } from '@selvage/hardware';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryVault } from '../../../support/memory-vault.js';
import { HostileBoard } from './hostile-board.js';
import { type Misconduct, misconducts } from './misconduct.js';
import { hostilePayload } from './payload.js';

let payload: Uint8Array;
beforeAll(async () => {
  payload = await hostilePayload();
});

/** How each of them ends, and what is counted before it does. */
interface Expected {
  readonly ends: readonly FirmwareEnd['kind'][];
  readonly counted?: RefusalKind;
}

const expectations: Readonly<Record<Misconduct, Expected>> = {
  'loop for ever': { ends: ['unresponsive'] },
  // Whether the engine gives up or is still collecting garbage when the watchdog comes depends on the machine.
  'fill the heap': { ends: ['exited', 'unresponsive'] },
  'take all memory': { ends: ['exited'] },
  'send bytes that are no frames': { ends: ['cut'], counted: 'malformed-frame' },
  'send a frame that is too long': { ends: ['cut'], counted: 'malformed-frame' },
  'send a frame of nothing': { ends: ['cut'], counted: 'malformed-frame' },
  'send a frame piece by piece, and never end it': { ends: ['cut', 'unresponsive'] },
  'use an id twice': { ends: ['cut'], counted: 'repeated-id' },
  'answer what was not asked': { ends: ['cut'], counted: 'unasked-answer' },
  'flood with requests': { ends: ['cut'], counted: 'flood' },
  'flood with notices': { ends: ['misconduct'], counted: 'no-such-port' },
  'flood with lines': { ends: ['misconduct'], counted: 'log-rate' },
  // What it cannot get rid of fills its own memory.
  'flood with bytes and read nothing': { ends: ['cut', 'exited'] },
  'ask for nonsense without end': { ends: ['cut'], counted: 'malformed-request' },
  'end by itself': { ends: ['exited'] },
  fail: { ends: ['exited'] },
  'close its channel and go on': { ends: ['unresponsive', 'exited'] },
};

const resources = { memory: 128 };

async function misbehaving(how: Misconduct): Promise<{ board: HostileBoard; end: FirmwareEnd; served: number }> {
  const vault = await MemoryVault.open();
  const other = await vault.connect('somebody-else');
  const key = await other.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const orders = { do: 'misbehave', how } as const;
  const limits = { alive: 1000 };
  const board = await HostileBoard.start(vault, { payload, orders, interval: 500, limits, resources });
  let [isOver, served] = [false, 0];
  const ended = board.ended.finally(() => (isOver = true));
  while (!isOver) {
    await other.keys.sign({ handle: key, hash: 'sha256', message: new Uint8Array(8) });
    served++;
    await eventLoopTurn();
  }
  return { board, end: await ended, served };
}

describe('a board ends firmware that would', () => {
  it.each(misconducts)('%s', async (how) => {
    const { board, end, served } = await misbehaving(how);
    const { ends, counted } = expectations[how];
    expect(ends).toContain(end.kind);
    if (counted !== undefined) expect([...board.refusals.counts.keys()]).toContain(counted);
    // It was not alone in the world.
    expect(served).toBeGreaterThan(0);
    expect(board.shown[0]).toBe(`begins: ${how}`);
  });

  it('is tried in as many ways as there are', () => {
    expect(misconducts).toHaveLength(17);
    expect(Object.keys(expectations)).toEqual([...misconducts]);
  });

  it('take memory: it gets no more than it is granted', async () => {
    const { board } = await misbehaving('take all memory');
    const got = board.shown.map((value) => /^got (\d+) MiB/.exec(JSON.stringify(value).slice(1))?.[1]).find(Boolean);
    // The engine may rather die than say so.
    if (got !== undefined) expect(Number(got)).toBeLessThan(resources.memory + 64);
  });
});
