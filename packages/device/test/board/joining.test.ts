/** Boards that come out of their box with a label and no network: they join one, and stay in it until they are reset. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CommissionerEvent } from '@selvage/thread';
import { joinerPassphrase } from '@selvage/thread';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchAir } from '../support/bench-air.js';
import { commissioned, label } from '../support/bench-commissioner.js';
import { madeBoard, PoweredBoard } from '../support/bench-made.js';

const facts = { vendorName: 'Bench', vendorModel: 'light' };
let air: BenchAir;
let events: CommissionerEvent[];
beforeAll(async () => {
  air = await BenchAir.open();
  ({ events } = await commissioned(air));
});
afterAll(() => air.close());

function attached(board: PoweredBoard, from = 0) {
  return board.next('mesh', ({ role }) => role === 'child', from);
}

function count(board: PoweredBoard, event: string): number {
  return board.news.filter((news) => news.event === event).length;
}

describe('a board with a label', () => {
  it('joins step by step, attaches and serves, and is afterwards where it was without joining again', async () => {
    const folder = await madeBoard({ attachment: 'thread', joiner: { label, facts } });
    const place = air.place();
    const board = new PoweredBoard(folder, { air: place });
    expect(await board.next('joined')).toMatchObject({ network: air.dataset.name });
    const before = await attached(board);
    const { device } = await board.running();
    const steps = board.news.flatMap((news) => (news.event === 'joining' ? [news.step] : []));
    expect(steps.slice(-4)).toEqual(['discovery', 'handshake', 'finalisation', 'entrust']);
    const told = events.flatMap((event) => (event.kind === 'joiner' ? [event.progress] : []));
    expect(told.find(({ kind }) => kind === 'finalised')).toMatchObject({
      facts: { ...facts, vendorSoftwareVersion: '1.0.0' },
    });
    process.kill(board.process.pid, 'SIGKILL');
    await board.process.ended;

    const again = new PoweredBoard(folder, { air: place });
    expect(await attached(again)).toMatchObject({ address: before.address, rloc16: before.rloc16 });
    expect((await again.running()).device).toBe(device);
    expect(count(again, 'joining')).toBe(0);
    await again.off();
    const secrets = [air.dataset.get('networkKey'), air.dataset.get('pskc'), label.passphrase];
    for (const file of filesIn(folder)) {
      const bytes = readFileSync(file);
      const found = secrets.filter((secret) => secret === undefined || bytes.includes(Buffer.from(secret.reveal())));
      expect([file, found]).toEqual([file, []]);
    }

    const reset = new PoweredBoard(folder, { air: place });
    await attached(reset);
    const from = reset.do({ do: 'press' });
    await reset.next('wiped', () => true, from);
    await reset.next('joined', () => true, from);
    expect((await attached(reset, from)).address).not.toBe(before.address);
    expect((await reset.running(from)).device).not.toBe(device);
  });

  it('entrusts others where it is a router, after a power cut too', async () => {
    const [router, child] = [air.place(), air.place()];
    const folder = await madeBoard({ attachment: 'thread-router', joiner: { label, facts } });
    const first = new PoweredBoard(folder, { air: router });
    await first.next('mesh', ({ role }) => role === 'router');
    process.kill(first.process.pid, 'SIGKILL');
    await first.process.ended;
    const second = new PoweredBoard(folder, { air: router });
    await second.next('mesh', ({ role }) => role === 'router');
    expect(count(second, 'joining')).toBe(0);

    const hears = { nodes: { [router.node]: -50 } };
    const far = new PoweredBoard(await madeBoard({ attachment: 'thread', joiner: { label, facts } }), {
      air: { ...child, hears },
    });
    await far.next('joined');
    expect((await attached(far)).address).toMatch(/^fd/);
  });

  it('says why it is not let in, and when it tries again', async () => {
    const wrong = { ...label, passphrase: joinerPassphrase('M1STYPED') };
    const board = new PoweredBoard(await madeBoard({ attachment: 'thread', joiner: { label: wrong, facts } }), {
      air: air.place(),
    });
    const { error, again } = await board.next(
      'not-joined',
      ({ error: { details } }) => details?.['step'] !== 'discovery',
    );
    expect(error).toMatchObject({ code: 'join-failed', details: { failure: 'wrong-pskd', step: 'handshake' } });
    expect(JSON.stringify(board.news)).not.toContain('M1STYPED');
    expect(again).toBeGreaterThanOrEqual(10_000);
    expect(count(board, 'joined')).toBe(0);
    // The power goes while it waits, and nothing of it stays behind.
    await board.off();
  });
});

function filesIn(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return paths.filter((path) => statSync(path).isFile());
}
