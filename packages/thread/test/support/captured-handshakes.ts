import { readFileSync } from 'node:fs';
import { ByteReader, concat, fromHex, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';

/** Which side of a session. */
export type Side = 'client' | 'server';

/** What one side logged of its EC-JPAKE exchange. */
interface LoggedExchange {
  readonly kind: 'exchange';
  readonly role: Side;
  /** Hex, as all of it. */
  readonly password: string;
  readonly x1: string;
  readonly x2: string;
  readonly peerX1: string;
}

type Line =
  | LoggedExchange
  | { readonly kind: 'datagram'; readonly from: string; readonly to: string; readonly payload: string }
  | { readonly kind: 'keys'; readonly clientRandom: string; readonly keyBlock: string }
  | { readonly kind: 'key-log'; readonly line: string };

/** A datagram of a session. */
export interface HandshakeDatagram {
  readonly from: Side;
  readonly payload: Uint8Array;
}

/** All that a side drew at random in its handshake, in the order in which ours draws it. */
export interface Drawn {
  /** The bytes of its hello. */
  readonly random: Uint8Array;
  /** x1, the nonce of its proof, x2, the nonce of its proof. */
  readonly roundOne: readonly Uint8Array[];
  readonly roundTwoNonce: Uint8Array;
}

/** The header of a record, its explicit nonce and its tag, bytes. */
const leastSealed = 13 + 8 + 8;
const folder = new URL('../../../dtls/test/vectors/captures/', import.meta.url);
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const generator = nativeCore.p256.publicKey(toScalar(1n));

/** A DTLS session with EC-JPAKE that OpenThread's nodes or ot-commissioner had, with what both sides drew. */
export class CapturedHandshake {
  readonly datagrams: readonly HandshakeDatagram[];
  readonly #exchanges: ReadonlyMap<Side, LoggedExchange>;
  readonly #keyBlock: Uint8Array;
  readonly #hellos: Readonly<Record<Side, Uint8Array>>;

  constructor(datagrams: readonly HandshakeDatagram[], lines: readonly Line[]) {
    this.datagrams = datagrams;
    this.#hellos = { client: this.#message('client', 1), server: this.#message('server', 2) };
    const logged = lines.filter((line) => line.kind === 'exchange');
    const own = (role: Side): LoggedExchange | undefined =>
      logged.find((line) => line.role === role && line.peerX1 === toHex(this.#pairs(other(role))[0]?.x ?? generator));
    const found = (['client', 'server'] as const).map((role) => [role, own(role)] as const);
    this.#exchanges = new Map(found.flatMap(([role, line]) => (line === undefined ? [] : [[role, line]])));
    const keys = lines.find((line) => line.kind === 'keys' && line.clientRandom === toHex(this.randomOf('client')));
    this.#keyBlock = fromHex(keys?.kind === 'keys' ? keys.keyBlock : '');
  }

  /** What the side believed the passphrase to be. */
  passphraseOf(side: Side): Uint8Array {
    return fromHex(this.#logged(side).password);
  }

  randomOf(side: Side): Uint8Array {
    return this.#hellos[side].slice(2, 34);
  }

  /** Of the server, 32 bytes. */
  get sessionId(): Uint8Array {
    return this.#hellos.server.slice(35, 67);
  }

  /** Of HelloVerifyRequest, 32 bytes. */
  get cookie(): Uint8Array {
    return this.#message('server', 3).slice(3);
  }

  /** 40 bytes. */
  get keyBlock(): Uint8Array {
    return this.#keyBlock.slice();
  }

  payloadsOf(side: Side): readonly Uint8Array[] {
    return this.datagrams.flatMap(({ from, payload }) => (from === side ? [payload] : []));
  }

  /** The scalars were logged; a nonce is what makes the proof on the wire one of its scalar: v = r + h·x mod n. */
  drawnBy(side: Side): Drawn {
    const { x1, x2, password } = this.#logged(side);
    const [first, second] = this.#pairs(side) as [Proof, Proof];
    const [theirs, theirSecond] = this.#pairs(other(side)) as [Proof, Proof];
    const { p256 } = nativeCore;
    const sum = p256.add(p256.add(first.x, theirs.x), theirSecond.x);
    const factor = (toNumber(fromHex(x2)) * toNumber(fromHex(password))) % order;
    const [one, two] = [fromHex(x1), fromHex(x2)];
    return {
      random: this.randomOf(side),
      roundOne: [
        one,
        nonceOf(side, first, toNumber(one), generator),
        two,
        nonceOf(side, second, toNumber(two), generator),
      ],
      roundTwoNonce: nonceOf(side, this.#roundTwo(side), factor, sum),
    };
  }

  /** What a record of epoch 1 says; undefined where the logged keys do not open it. */
  open(from: Side, record: Uint8Array): Uint8Array | undefined {
    if (record.length < leastSealed || record[4] !== 1) return undefined;
    const [key, salt] = from === 'client' ? [0, 32] : [16, 36];
    const nonce = concat(this.#keyBlock.subarray(salt, salt + 4), record.subarray(13, 21));
    const length = record.length - 13 - 8 - 8;
    const data = concat(record.subarray(3, 11), record.subarray(0, 3), Uint8Array.of(length >> 8, length));
    const ccm = nativeCore.aesCcm(this.#keyBlock.subarray(key, key + 16), { nonceLength: 12, tagLength: 8 });
    return ccm.open(nonce, data, record.subarray(21));
  }

  #logged(side: Side): LoggedExchange {
    const logged = this.#exchanges.get(side);
    if (logged === undefined) throw new Error(`the ${side} logged no exchange`);
    return logged;
  }

  /** The body of the last message of a type in the clear: ClientHello comes twice. */
  #message(from: Side, type: number): Uint8Array {
    const bodies = this.payloadsOf(from).flatMap((payload) =>
      recordsOf(payload).flatMap((record) =>
        record[0] === 22 && record[4] === 0 && record[13] === type ? [record.slice(25)] : [],
      ),
    );
    return bodies.at(-1) ?? new Uint8Array(0);
  }

  /** The two keys of round one, in the extension 256 of a hello: 330 bytes. */
  #pairs(side: Side): readonly Proof[] {
    const hello = toHex(this.#hellos[side]);
    const at = hello.indexOf('0100014a41') / 2;
    const reader = new ByteReader(this.#hellos[side].subarray(at + 4));
    return [proofOf(reader), proofOf(reader)];
  }

  #roundTwo(side: Side): Proof {
    // ServerKeyExchange has the curve before it, three bytes.
    const body = side === 'client' ? this.#message('client', 16) : this.#message('server', 12).subarray(3);
    return proofOf(new ByteReader(body));
  }
}

/** The sessions of one of the captures 01 to 03, in order of their ClientHellos. */
export function capturedHandshakes(
  name: '01-native-commissioning' | '02-relay-and-wrong-pskd' | '03-external-commissioner',
) {
  const text = readFileSync(new URL(`openthread-${name}.jsonl`, folder), 'utf8');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const sessions: HandshakeDatagram[][] = [];
  let current: { pair: string; client: string; random: string } | undefined;
  for (const line of lines) {
    if (line.kind !== 'datagram') continue;
    const payload = fromHex(line.payload);
    const pair = [line.from, line.to].sort().join(' ');
    const random = payload[0] === 22 && payload[13] === 1 ? toHex(payload.subarray(27, 59)) : undefined;
    if (random !== undefined && random !== current?.random) {
      current = { pair, client: line.from, random };
      sessions.push([]);
    }
    if (pair !== current?.pair) throw new Error('two sessions of a capture run side by side');
    sessions.at(-1)?.push({ from: line.from === current.client ? 'client' : 'server', payload });
  }
  return sessions.map((datagrams) => new CapturedHandshake(datagrams, lines));
}

/** The records of a datagram, each with its header of 13 bytes. */
export function recordsOf(payload: Uint8Array): readonly Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at + 13 <= payload.length; ) {
    const end = at + 13 + (((payload[at + 11] as number) << 8) | (payload[at + 12] as number));
    records.push(payload.subarray(at, end));
    at = end;
  }
  return records;
}

interface Proof {
  readonly x: Uint8Array;
  readonly v: Uint8Array;
  readonly r: bigint;
}

function proofOf(reader: ByteReader): Proof {
  const [x, v, r] = [0, 1, 2].map(() => reader.bytes(reader.u8()).slice()) as [Uint8Array, Uint8Array, Uint8Array];
  return { x, v, r: toNumber(r) };
}

/** RFC 8235 §3.2, with the lengths and the identity that EC-JPAKE puts into the hash. */
function nonceOf(side: Side, { x, v, r }: Proof, scalar: bigint, base: Uint8Array): Uint8Array {
  const parts = [base, v, x, new TextEncoder().encode(side)];
  const hash = nativeCore.hash(
    'sha256',
    concat(...parts.flatMap((part) => [Uint8Array.of(0, 0, 0, part.length), part])),
  );
  return toScalar((r + toNumber(hash) * scalar) % order);
}

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}

function toScalar(number: bigint): Uint8Array {
  return fromHex(number.toString(16).padStart(64, '0'));
}
