import type { ByteStream, Channel, GrantedApi } from '@selvage/hardware';
import { ofProcess } from './realm.js';

/** What a board does not put up with, each in a life of its own. */
export const misconducts = [
  'loop for ever',
  'fill the heap',
  'take all memory',
  'send bytes that are no frames',
  'send a frame that is too long',
  'send a frame of nothing',
  'send a frame piece by piece, and never end it',
  'use an id twice',
  'answer what was not asked',
  'flood with requests',
  'flood with notices',
  'flood with lines',
  'flood with bytes and read nothing',
  'ask for nonsense without end',
  'end by itself',
  'fail',
  'close its channel and go on',
] as const;
export type Misconduct = (typeof misconducts)[number];

interface Means {
  readonly stream: ByteStream;
  readonly channel: Channel;
  readonly api: GrantedApi;
}

const [vault, board] = [1, 2];

/** `u32 length | u8 service | u8 operation | u8 lane | u32 id | body` */
function frame(service: number, operation: number, id: number, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(11 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 7 + body.length);
  bytes.set([service, operation, 0], 4);
  view.setUint32(7, id);
  bytes.set(body, 11);
  return bytes;
}

function many(count: number, one: (at: number) => Uint8Array): Uint8Array {
  const parts = Array.from({ length: count }, (_, at) => one(at));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Again and again, a turn of the event loop each. */
function forever(work: () => void): void {
  work();
  setImmediate(() => forever(work));
}

export function misbehave(how: Misconduct, { stream, channel, api }: Means): void {
  switch (how) {
    case 'loop for ever':
      for (;;);
    case 'fill the heap':
      return fill([]);
    case 'take all memory':
      return takeMemory(api);
    case 'send bytes that are no frames':
      return void stream.write(new Uint8Array(64).fill(0xee));
    case 'send a frame that is too long':
      return void stream.write(Uint8Array.of(0, 2, 0, 8, ...new Array<number>(100).fill(0)));
    case 'send a frame of nothing':
      return void stream.write(Uint8Array.of(0, 0, 0, 0));
    case 'send a frame piece by piece, and never end it':
      stream.write(Uint8Array.of(0, 1, 255, 255, 2, 19));
      return forever(() => stream.write(Uint8Array.of(0)));
    case 'use an id twice':
      return void stream.write(many(2, () => frame(vault, 2, 900, Uint8Array.of(1))));
    case 'answer what was not asked':
      return forever(() => stream.write(many(10, (id) => frame(board, 0x80 | 33, 1000 + id, Uint8Array.of(0)))));
    case 'flood with requests':
      return forever(() => stream.write(many(500, (at) => frame(vault, 11, 0x1000_0000 + at + (count += 500)))));
    case 'flood with notices':
      return forever(() => stream.write(many(500, () => frame(board, 16, 0, datagram))));
    case 'flood with lines':
      return forever(() => api.log('a line'));
    case 'flood with bytes and read nothing':
      return forever(() =>
        stream.write(many(16, (at) => frame(vault, 24, 0x2000_0000 + at + (count += 16), new Uint8Array(65_000)))),
      );
    case 'ask for nonsense without end':
      return forever(() => void channel.request(board, 99, new Uint8Array(3)).catch(() => undefined));
    case 'end by itself':
      return void ofProcess('exit', 3);
    case 'fail':
      throw new Error('it fails');
    case 'close its channel and go on':
      stream.close();
      for (;;);
  }
}

let count = 0;

/** For a port that is not open. */
const datagram = Uint8Array.of(200, 14, ...new TextEncoder().encode('192.0.2.9:5683'), 1, 2, 3);

function fill(all: unknown[]): void {
  for (;;) all.push({ a: all.length, b: [all.length] });
}

/** What is taken is written on, so that it is there. */
function takeMemory(api: GrantedApi): void {
  const all: Uint8Array[] = [];
  try {
    for (;;) all.push(new Uint8Array(8 * 1024 * 1024).fill(1));
  } catch (error) {
    api.show('console', `got ${all.length * 8} MiB, then ${String(error).slice(0, 60)}`);
    all.length = 0;
    setTimeout(() => ofProcess('exit', 4), 50);
  }
}
