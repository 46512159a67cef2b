import { readFileSync } from 'node:fs';
import { decode, encode, fromHex, systemEntropy, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { protections, SessionSecrets } from '../../../src/handshake/key-schedule.js';
import { Reassembly, readFragments } from '../../../src/handshake/reassembly.js';
import { Transcript } from '../../../src/handshake/transcript.js';
import { type CipherSuite, cipherSuiteById } from '../../../src/protocol/cipher-suites.js';
import { handshakeMessage, type HandshakeMessage } from '../../../src/protocol/handshake.js';
import {
  type ClientHello,
  clientHello,
  findExtension,
  type ServerHello,
  serverHello,
} from '../../../src/protocol/hello.js';
import { contentType, type DtlsRecord } from '../../../src/protocol/record.js';
import type { Side } from '../../support/pair.js';
import { recordsOf } from '../../support/wire-records.js';

/** One line of a file of `vectors/captures`. */
type Line =
  | { readonly kind: 'datagram'; readonly from: string; readonly to: string; readonly payload: string }
  | { readonly kind: 'key-log'; readonly line: string }
  | LoggedExchange
  | LoggedKeys;

/** One side of an EC-JPAKE exchange, as it logged itself: hex throughout. */
export interface LoggedExchange {
  readonly kind: 'exchange';
  readonly role: Side;
  readonly password: string;
  readonly x1: string;
  readonly x2: string;
  /** The peer's first point of round one. */
  readonly peerX1: string;
  readonly premaster: string;
}

/** The keys that a side logged, in hex. */
export interface LoggedKeys {
  readonly kind: 'keys';
  readonly clientRandom: string;
  readonly serverRandom: string;
  readonly masterSecret: string;
  readonly keyBlock: string;
}

/** A captured datagram. */
export interface CapturedDatagram {
  readonly from: string;
  readonly to: string;
  readonly payload: Uint8Array;
}

/** Traffic of other implementations with its secrets; `vectors/captures/README.md` says where it comes from. */
export class Capture {
  readonly datagrams: readonly CapturedDatagram[];
  readonly sessions: readonly CapturedSession[];
  readonly exchanges: readonly LoggedExchange[];
  readonly keys: readonly LoggedKeys[];
  readonly #keyLog: readonly (readonly string[])[];

  constructor(name: string) {
    const lines = linesOf(name);
    this.datagrams = lines.flatMap((line) =>
      line.kind === 'datagram' ? [{ ...line, payload: fromHex(line.payload) }] : [],
    );
    this.#keyLog = lines.flatMap((line) => (line.kind === 'key-log' ? [line.line.replace(/^# /, '').split(' ')] : []));
    this.exchanges = lines.filter((line) => line.kind === 'exchange');
    this.keys = lines.filter((line) => line.kind === 'keys');
    this.sessions = sessionsOf(this.datagrams);
  }

  /** The master secrets logged for a session: two where the sides did not agree. */
  masterSecrets({ clientRandom }: CapturedSession): Uint8Array[] {
    return this.#logged('CLIENT_RANDOM', clientRandom);
  }

  /** The premaster secrets logged for a session. */
  premasters({ clientRandom }: CapturedSession): Uint8Array[] {
    return this.#logged('PREMASTER', clientRandom);
  }

  #logged(what: string, clientRandom: Uint8Array): Uint8Array[] {
    const lines = this.#keyLog.filter(([name, random]) => name === what && random === toHex(clientRandom));
    return lines.map(([, , secret = '']) => fromHex(secret));
  }
}

/** One handshake of a capture and what followed it. */
export class CapturedSession {
  /** The handshake messages in the clear, each once, in order. */
  readonly messages: { readonly from: Side; readonly message: HandshakeMessage }[] = [];
  /** Everything in epoch 1. */
  readonly sealed: { readonly from: Side; readonly record: DtlsRecord }[] = [];
  /** Alerts in the clear. */
  readonly alerts: { readonly from: Side; readonly payload: Uint8Array }[] = [];
  readonly #client: string;
  readonly #reassembly: Record<Side, Reassembly> = { client: new Reassembly(16_384), server: new Reassembly(16_384) };

  constructor(client: string) {
    this.#client = client;
  }

  take(from: string, record: DtlsRecord): void {
    const side = from === this.#client ? 'client' : 'server';
    if (record.epoch === 1) this.sealed.push({ from: side, record });
    else if (record.type === 'alert') this.alerts.push({ from: side, payload: record.fragment });
    else if (record.type === 'handshake') this.#handshake(side, record.fragment);
  }

  get clientHello(): ClientHello {
    return decode(clientHello, this.bodyOf('client_hello'));
  }

  get serverHello(): ServerHello {
    return decode(serverHello, this.bodyOf('server_hello'));
  }

  get clientRandom(): Uint8Array {
    return this.clientHello.random;
  }

  get suite(): CipherSuite {
    return cipherSuiteById(this.serverHello.cipherSuite) as CipherSuite;
  }

  get extendedMasterSecret(): boolean {
    return findExtension(this.serverHello, 'extended_master_secret') !== undefined;
  }

  get encryptThenMac(): boolean {
    return findExtension(this.serverHello, 'encrypt_then_mac') !== undefined;
  }

  /** The body of the last message of a type, since ClientHello comes twice. */
  bodyOf(type: HandshakeMessage['type']): Uint8Array {
    return this.messages.findLast(({ message }) => message.type === type)?.message.body ?? new Uint8Array(0);
  }

  /** The messages that both sides hash, up to a type, that one included. */
  transcript(last: HandshakeMessage['type'] | 'all' = 'all'): Transcript {
    const start = this.messages.findLastIndex(({ message }) => message.type === 'client_hello');
    const end = this.messages.findIndex(({ message }) => message.type === last);
    const messages = this.messages.slice(start, end < 0 ? undefined : end + 1).map(({ message }) => message);
    return Transcript.empty.with(...messages.filter(({ type }) => type !== 'hello_verify_request'));
  }

  secrets(masterSecret: Uint8Array): SessionSecrets {
    return new SessionSecrets(masterSecret, this.clientRandom, this.serverHello.random);
  }

  /** Opens every sealed record, with our record protections under a master secret; `undefined` for what does not open. */
  open(masterSecret: Uint8Array): { from: Side; type: DtlsRecord['type']; plaintext: Uint8Array | undefined }[] {
    const secrets = this.secrets(masterSecret);
    const both = protections(nativeCore, systemEntropy, this.suite, secrets, this.encryptThenMac);
    return this.sealed.map(({ from, record }) => {
      const { epoch, sequence, type } = record;
      const at = { type: numberOf(type), epoch, sequence, connectionId: undefined };
      return { from, type, plaintext: both[from].open(at, record.fragment) };
    });
  }

  #handshake(from: Side, fragment: Uint8Array): void {
    const reassembly = this.#reassembly[from];
    for (const piece of readFragments(fragment)) reassembly.add(piece);
    for (let message = reassembly.peek(); message !== undefined; message = reassembly.peek()) {
      this.messages.push({ from, message });
      reassembly.advance();
    }
  }
}

/** A Finished that was sealed, as the message it is. */
export function finishedIn(plaintext: Uint8Array): HandshakeMessage {
  const [fragment] = readFragments(plaintext);
  return handshakeMessage('finished', fragment?.messageSequence ?? 0, fragment?.fragment ?? new Uint8Array(0));
}

function numberOf(type: DtlsRecord['type']): number {
  return encode(contentType, type)[0] as number;
}

function linesOf(name: string): Line[] {
  const text = readFileSync(new URL(`../../vectors/captures/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/** A session starts with a ClientHello that has a random of its own. */
function sessionsOf(datagrams: readonly CapturedDatagram[]): CapturedSession[] {
  const sessions: CapturedSession[] = [];
  const current = new Map<string, { session: CapturedSession; random: string }>();
  for (const { from, to, payload } of datagrams) {
    const pair = [from, to].sort().join(' ');
    for (const record of recordsOf(payload)) {
      const random = helloRandom(record);
      if (random !== undefined && current.get(pair)?.random !== random) {
        const session = new CapturedSession(from);
        sessions.push(session);
        current.set(pair, { session, random });
      }
      current.get(pair)?.session.take(from, record);
    }
  }
  return sessions;
}

function helloRandom({ type, epoch, fragment }: DtlsRecord): string | undefined {
  if (type !== 'handshake' || epoch !== 0) return undefined;
  const [first] = readFragments(fragment);
  return first?.type === 'client_hello' ? toHex(first.fragment.subarray(2, 34)) : undefined;
}
