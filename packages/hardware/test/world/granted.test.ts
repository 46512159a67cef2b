import { datagramSuite, outcomeOfPromise } from '@selvage/core/testing';
import { parseUdpAddress } from '@selvage/core/node';
import { eventLoopTurn } from '@selvage/core/virtual';
import { services } from '../../src/world/board-protocol.js';
import { describe, expect, it } from 'vitest';
import { Hub, TestBoard } from './support.js';

const stranger = parseUdpAddress('192.0.2.9:5683');

/** Lets what was said arrive, and be answered. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await eventLoopTurn();
}

describe('what firmware is granted', () => {
  it('is told what the board says of itself', async () => {
    const { api } = await TestBoard.start();
    expect(api.facts).toEqual(
      new Map<string, unknown>([
        ['kind', 'light'],
        ['ports', [1, 2]],
      ]),
    );
  });

  it('shows at the peripherals that there are, and hears of them', async () => {
    const board = await TestBoard.start();
    const heard: unknown[] = [];
    board.api.onInput((peripheral, value) => heard.push([peripheral, value]));
    board.api.show('display', { pin: '1234' });
    board.api.show('engine', 1);
    board.services.input('button', true);
    await settle();
    expect(board.shown).toEqual([['display', new Map([['pin', '1234']])]]);
    expect(heard).toEqual([['button', true]]);
    expect([...board.refusals.counts]).toEqual([['no-such-peripheral', 1]]);
  });

  it('keeps keys and values in the vault, as the client that it is', async () => {
    const { api, vault } = await TestBoard.start();
    const key = await api.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    await api.store.put('state', Uint8Array.of(1));
    const own = vault.engine.client('firmware');
    expect((await own.keys.list()).map(({ id }) => id)).toEqual([key.id]);
    expect(await own.store.names()).toEqual(['state']);
    expect(await outcomeOfPromise(api.attest(new Uint8Array(32)))).toBe('attestation-refused');
  });

  it('reaches all operations of an update', async () => {
    const { api, asked } = await TestBoard.start();
    expect(await api.update.status()).toEqual({ state: 'TRIAL', version: '1.2.0' });
    await api.update.begin(70_000);
    await api.update.write(5, Uint8Array.of(1, 2));
    for (const name of ['finish', 'install', 'cancel', 'clean', 'confirm', 'reject'] as const) await api.update[name]();
    expect(asked).toEqual(['begin 70000', 'write 5 1,2', 'finish', 'install', 'cancel', 'clean', 'confirm', 'reject']);
  });

  it('says goodbye when it is asked to, and is not waited for longer than its time', async () => {
    const board = await TestBoard.start({ limits: { farewell: 1000 } });
    let said = 0;
    board.api.onStop(() => void said++);
    await board.services.farewell();
    expect(said).toBe(1);
    board.api.onStop(() => new Promise(() => undefined));
    const parting = board.services.farewell();
    await settle();
    board.clock.advance(1000);
    await parting;
    expect(await board.services.isAlive()).toBe(true);
  });

  it('logs lines of printable characters, bounded', async () => {
    const board = await TestBoard.start({ limits: { logLine: 20 } });
    board.api.log('up\u001b[2J\nFAKE\u202e line that is longer');
    await settle();
    expect(board.lines).toEqual(['up·[2J·FAKE· line th']);
  });
});

describe('what firmware is not granted', () => {
  it('a port that the board does not grant, or has open', async () => {
    const board = await TestBoard.start({ granted: { plain: '127.0.0.1:5683' } });
    await board.api.ports('plain');
    const outcomes = [];
    for (const name of ['plain', 'secured', '__proto__', 'constructor', 'x'.repeat(64)]) {
      outcomes.push(await outcomeOfPromise(board.api.ports(name)));
    }
    expect(outcomes).toEqual(['wrong-state', ...Array<string>(4).fill('access-denied')]);
    expect(board.refusals.counts.get('access-denied')).toBe(4);
  });

  it('more ports than there may be, also where it asks for them at once', async () => {
    const granted = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`p${n}`, `127.0.0.1:${5000 + n}`]));
    const board = await TestBoard.start({ granted, limits: { ports: 3 } });
    const outcomes = await Promise.all(Object.keys(granted).map((name) => outcomeOfPromise(board.api.ports(name))));
    expect(outcomes.filter((outcome) => outcome === 'too-many-requests')).toHaveLength(2);
  });

  it('more datagrams than its ports may send', async () => {
    const hub = new Hub();
    const granted = { a: '127.0.0.1:5001', b: '127.0.0.1:5002' };
    const limits = { portRate: { burst: 10, perSecond: 10 }, totalRate: { burst: 15, perSecond: 10 } };
    const board = await TestBoard.start({ hub, granted, limits });
    const [a, b] = [await board.api.ports('a'), await board.api.ports('b')];
    for (let i = 0; i < 20; i++) a.send(Uint8Array.of(i), stranger);
    for (let i = 0; i < 20; i++) b.send(Uint8Array.of(i), stranger);
    await settle();
    expect([hub.lost.length, board.refusals.counts.get('datagram-rate')]).toEqual([15, 25]);
    board.clock.advance(1000);
    for (let i = 0; i < 20; i++) a.send(Uint8Array.of(i), stranger);
    await settle();
    expect(hub.lost.length).toBe(25);
  });

  it('a datagram for a port that it has closed', async () => {
    const board = await TestBoard.start({ granted: { plain: '127.0.0.1:5683' } });
    const port = await board.api.ports('plain');
    port.close();
    const body = Uint8Array.of(1, 14, ...new TextEncoder().encode(stranger.key), 7);
    board.far.notify(services.board, 16, body);
    board.far.notify(services.board, 17, Uint8Array.of(9));
    await settle();
    expect([...board.refusals.counts]).toEqual([['no-such-port', 2]]);
  });

  it('lines and things to show without end', async () => {
    const rate = { burst: 3, perSecond: 1 };
    const board = await TestBoard.start({ limits: { logRate: rate, showRate: rate } });
    for (let i = 0; i < 10; i++) board.api.log('line');
    for (let i = 0; i < 10; i++) board.api.show('lamp', i);
    await settle();
    expect([board.lines.length, board.shown.length]).toEqual([3, 3]);
    expect(Object.fromEntries(board.refusals.counts)).toEqual({ 'log-rate': 7, 'show-rate': 7 });
  });

  it('what makes no sense: unknown operations and notices, names that are none, values that are no CBOR', async () => {
    const board = await TestBoard.start();
    const ask = (operation: number, bytes: number[]) =>
      outcomeOfPromise(board.far.request(services.board, operation, Uint8Array.from(bytes)));
    expect(await ask(99, [])).toBe('invalid-value');
    expect(await ask(2, [])).toBe('truncated');
    expect(await ask(2, [0])).toBe('length-out-of-range');
    expect(await ask(2, [2, 0xff, 0xfe])).toBe('invalid-value');
    expect(await ask(2, [1, 0x61, 0])).toBe('trailing-bytes');
    expect(await ask(5, [0, 0])).toBe('truncated');
    const tell = (operation: number, bytes: number[]) =>
      board.far.notify(services.board, operation, Uint8Array.from(bytes));
    const lamp = [4, ...new TextEncoder().encode('lamp')];
    tell(98, []);
    tell(16, [1, 3, 0x61, 0x3a, 0x62]);
    tell(17, []);
    tell(18, lamp);
    tell(18, [...lamp, 0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2]);
    tell(18, [...lamp, ...Array<number>(40).fill(0x81), 0]);
    tell(19, [0xff]);
    await settle();
    expect(board.shown).toEqual([]);
    expect(Object.fromEntries(board.refusals.counts)).toEqual({ 'malformed-request': 6, 'malformed-notice': 7 });
    // It still serves whoever makes sense.
    board.api.show('lamp', 'on');
    await settle();
    expect(board.shown).toEqual([['lamp', 'on']]);
  });

  it('a value whose keys are names of the language: they are keys and nothing more', async () => {
    const board = await TestBoard.start();
    board.api.show(
      'lamp',
      new Map([
        ['__proto__', new Map([['isAdmin', true]])],
        ['constructor', 'x' as never],
      ]),
    );
    await settle();
    const [, value] = board.shown[0] ?? [];
    expect(value instanceof Map && [...value.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
  });

  it('another client of the vault: its keys look like none, and what is refused there is counted as well', async () => {
    const board = await TestBoard.start();
    const theirs = await board.vault.engine.client('manufacturer').keys.generate({
      algorithm: 'ecdsa-p256',
      usages: ['sign'],
    });
    const message = Uint8Array.of(1);
    const sign = board.api.keys.sign({ handle: theirs, hash: 'sha256', message });
    expect(await outcomeOfPromise(sign)).toBe('key-not-found');
    const own = await board.api.keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
    const mac = board.api.keys.mac({ handle: own, message });
    expect(await outcomeOfPromise(mac)).toBe('key-usage-refused');
    expect(Object.fromEntries(board.refusals.counts)).toEqual({ 'key-not-found': 1, 'key-usage-refused': 1 });
  });
});

describe('refusals', () => {
  it('are told for the first, the second, the fourth …, so that a log stays short', async () => {
    const board = await TestBoard.start({ limits: { logRate: { burst: 0, perSecond: 0 } } });
    for (let i = 0; i < 1000; i++) board.api.log('line');
    await settle();
    expect(board.refusals.total).toBe(1000);
    expect(board.told.map(({ count }) => count)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
  });

  it('come to an end: more than anybody puts up with are told once', async () => {
    const patience = { burst: 5, perSecond: 1 };
    const board = await TestBoard.start({ patience, limits: { logRate: { burst: 0, perSecond: 0 } } });
    let ends = 0;
    board.refusals.onImpatience(() => ends++);
    for (let i = 0; i < 5; i++) board.api.log('line');
    await settle();
    expect(ends).toBe(0);
    for (let i = 0; i < 50; i++) board.api.log('line');
    await settle();
    expect(ends).toBe(1);
  });
});

datagramSuite(
  { describe, it, expect },
  {
    name: 'a granted port',
    create: async () => {
      const board = await TestBoard.start({ granted: { a: '127.0.0.1:5001', b: '127.0.0.1:5002' } });
      return {
        a: await board.api.ports('a'),
        addressOfA: parseUdpAddress('127.0.0.1:5001'),
        b: await board.api.ports('b'),
        addressOfB: parseUdpAddress('127.0.0.1:5002'),
        until: async (condition) => {
          while (!condition()) await eventLoopTurn();
        },
      };
    },
  },
);
