import { type CoapResponse, type SessionAddress } from '@selvage/coap';
import { decodeCbor, encodeCbor, fromHex, type PeerAddress, Secret, SelvageError, toHex } from '@selvage/core';
import { type CryptoCore, nativeCore } from '@selvage/crypto';
import { type CipherSuiteName, cipherSuites, type DtlsSocket } from '@selvage/dtls';
import {
  ownerKey,
  parseUuid,
  pinHint,
  pinIdentity,
  pinKey,
  transferMethodOf,
  type Uuid,
  uuidOf,
} from '../../../src/index.js';
import { coapOptions } from '../../support/captured-options.js';
import { type Certified, type Holder, type StandInAuthority } from './certificates.js';
import { type Difference, differences } from './compare.js';
import {
  type CapturedEvent,
  type CapturedExchange,
  type CapturedResponse,
  type CapturedSession,
  isWhole,
  type Party as PartyName,
} from './flows.js';
import type { LabWorld } from './lab-world.js';
import type { Party } from './party.js';
import { Renaming } from './renaming.js';
import { summary } from './summary.js';

/** A device of ours in the place of one that was captured. */
export interface ReplayedDevice {
  readonly plain: PeerAddress;
  readonly secured: PeerAddress;
  readonly group: PeerAddress;
  /** The PIN that it shows. */
  readonly pin: () => string | undefined;
}

/** Where ours differs from the reference, and in what flow and frame. */
export interface Finding extends Difference {
  readonly flow: string;
  readonly frame: number;
  /** Such as `POST /oic/sec/doxm`, or `session`. */
  readonly request: string;
}

export interface ReplaySetting {
  readonly world: LabWorld;
  readonly devices: ReadonlyMap<PartyName, ReplayedDevice>;
  /** Who speaks, by name. */
  readonly parties: (name: PartyName) => Party;
  readonly authority: StandInAuthority;
}

type Session = SessionAddress<DtlsSocket<PeerAddress>>;

/** Says what was captured to devices of ours, and notes where they answer otherwise than the reference did. */
export class Replay {
  readonly findings: Finding[] = [];
  renaming = new Renaming();
  /** How many requests were said, and answers compared. */
  readonly counts = { requests: 0, responses: 0 };
  /** Keys of pairs of devices, the one who opens sessions first. */
  readonly keys = new Map<string, Uint8Array>();
  /** What clients show in sessions by certificates. */
  readonly certified = new Map<PartyName, Certified>();
  readonly #setting: ReplaySetting;
  readonly #sessions = new Map<string, Session>();
  /** The method that was selected, and the names of both sides of a transfer under way, by device. */
  readonly #transfers = new Map<PartyName, { method: number; owner?: Uuid; device?: Uuid }>();
  #flow = '';
  /** Who has a part in the flow: others were not there yet. */
  #present = new Set<string>();

  constructor(setting: ReplaySetting) {
    this.#setting = setting;
  }

  get authority(): StandInAuthority {
    return this.#setting.authority;
  }

  /** Plays what is to have been before: nothing of it is noted but keys and names. */
  async prepare(events: readonly CapturedEvent[]): Promise<void> {
    const { renaming, findings } = this;
    const [before, counts] = [findings.length, { ...this.counts }];
    this.renaming = new Renaming();
    await this.play('before', events);
    this.renaming = renaming;
    findings.length = before;
    Object.assign(this.counts, counts);
  }

  /** Plays a flow; what concerns devices that are not ours is passed over. */
  async play(flow: string, events: readonly CapturedEvent[]): Promise<void> {
    this.#flow = flow;
    this.#present = new Set(events.flatMap(partiesIn));
    for (const event of events) {
      if (event.kind === 'session') await this.#open(event);
      else if (event.kind === 'closed') await this.#close(event.by, event.to);
      else await this.#exchange(event);
    }
  }

  async #exchange(exchange: CapturedExchange): Promise<void> {
    const { devices } = this.#setting;
    const to = devices.get(exchange.to as PartyName);
    if (to !== undefined) return this.#ask(exchange, exchange.to as PartyName, to);
    if (!/^(ff0|224\.)/.test(exchange.to)) return;
    for (const [name, device] of devices) {
      if (this.#present.has(name) && name !== exchange.from) await this.#askGroup(exchange, name, device);
    }
  }

  async #askGroup(exchange: CapturedExchange, name: PartyName, { group }: ReplayedDevice): Promise<void> {
    const answers = await this.#settle(this.#party(exchange.from).askGroup(group, exchange));
    this.counts.requests++;
    this.#compareAnswers(
      exchange,
      exchange.responses.filter(({ from }) => from === name),
      answers,
    );
  }

  async #ask(exchange: CapturedExchange, name: PartyName, device: ReplayedDevice): Promise<void> {
    const request = await this.#translated(exchange, name);
    this.counts.requests++;
    const answer = await this.#answerTo(request, name, device);
    if (answer instanceof SelvageError) {
      const theirs = exchange.responses.map(({ code }) => code).join() || 'no answer';
      this.#find(exchange, [{ path: '', theirs, ours: answer.code }]);
      return;
    }
    this.#compareAnswers(exchange, exchange.responses.slice(0, 1), [answer]);
    this.#learn(request, name, answer);
  }

  async #answerTo(
    request: CapturedExchange,
    name: PartyName,
    device: ReplayedDevice,
  ): Promise<CoapResponse | SelvageError> {
    const party = this.#party(request.from);
    const session = this.#sessions.get(pair(request.from, name));
    if (request.over !== 'coap' && session === undefined) return new SelvageError('session-closed', 'no session');
    if (session === undefined || request.over === 'coap') {
      return this.#settle(party.ask(device.plain, request).catch(asFailure));
    }
    const isRegistration = request.options.some(([option, value]) => option === 'Observe' && value === 0);
    if (isRegistration) return this.#settle(party.observeIn(session, request).catch(asFailure));
    return this.#settle(party.askIn(session, request).catch(asFailure));
  }

  #compareAnswers(
    exchange: CapturedExchange,
    theirs: readonly CapturedResponse[],
    ours: readonly CoapResponse[],
  ): void {
    if (theirs.length !== ours.length) {
      this.#find(exchange, [{ path: 'answers', theirs: theirs.length, ours: ours.length }]);
    }
    theirs.slice(0, ours.length).forEach((one, at) => this.#compare(exchange, one, ours[at] as CoapResponse));
  }

  #compare(exchange: CapturedExchange, theirs: CapturedResponse, ours: CoapResponse): void {
    this.counts.responses++;
    if (theirs.code !== ours.code) this.#find(exchange, [{ path: 'code', theirs: theirs.code, ours: ours.code }]);
    const captured = theirs.options.filter(([name]) => !ofBlocks.includes(name));
    const [there, here] = [optionTexts(coapOptions(captured)), optionTexts(ours.options)];
    if (there !== here) this.#find(exchange, [{ path: 'options', theirs: there, ours: here }]);
    if (!isWhole(theirs)) return;
    const [before, after] = [theirs.payload, toHex(ours.payload)];
    if (before === '' || after === '') {
      if (before !== after) this.#find(exchange, [{ path: 'payload', theirs: before, ours: after }]);
      return;
    }
    const read = (hex: string) => decodeCbor(fromHex(hex), { repeatedKeys: 'last' });
    this.#find(exchange, differences(read(before), read(after), this.renaming));
  }

  /** The request with our names for what our devices chose, and certificates for the keys of ours. */
  async #translated(exchange: CapturedExchange, name: PartyName): Promise<CapturedExchange> {
    const query = exchange.query.map((argument) => {
      const [key = '', value = ''] = argument.split('=');
      return key === 'credid' || key === 'aceid' ? `${key}=${this.renaming.ours(key, value)}` : argument;
    });
    const resource = exchange.method === 'POST' ? exchange.path.slice('/oic/sec/'.length) : '';
    if (resource !== 'cred' && resource !== 'roles') return { ...exchange, query };
    const holder = resource === 'cred' ? { device: this.#deviceOf(name) ?? '' } : this.#holderOf(exchange.from);
    const replaced = await this.#setting.authority.replaced(decodeCbor(fromHex(exchange.payload)), holder);
    return { ...exchange, query, payload: toHex(encodeCbor(replaced)) };
  }

  /** Hears, as the one who asks does, what a successful request makes of keys and names. */
  #learn(exchange: CapturedExchange, name: PartyName, answer: CoapResponse): void {
    const { path, payload, from, method } = exchange;
    if (path === '/oic/sec/csr') this.#learnRequest(name, answer);
    if (method !== 'POST' || !answer.code.startsWith('2.')) return;
    const body = decodeCbor(fromHex(payload));
    if (!(body instanceof Map)) return;
    const transfer = this.#transfers.get(name) ?? { method: 0 };
    this.#transfers.set(name, transfer);
    if (typeof body.get('oxmsel') === 'number') transfer.method = body.get('oxmsel') as number;
    if (body.has('devowneruuid')) transfer.owner = parseUuid(String(body.get('devowneruuid')));
    if (body.has('deviceuuid')) transfer.device = parseUuid(String(body.get('deviceuuid')));
    for (const credential of summary(body).keys) {
      if (credential.key.length > 0)
        this.keys.set(pair(credential.subject, this.#deviceOf(name) ?? ''), credential.key);
      else this.#deriveOwnerKey(from, name);
    }
  }

  #deriveOwnerKey(from: PartyName, name: PartyName): void {
    const session = this.#sessions.get(pair(from, name))?.session;
    const { method, owner, device } = this.#transfers.get(name) ?? { method: 0 };
    const named = transferMethodOf(method);
    if (session === undefined || named === undefined || owner === undefined || device === undefined) return;
    const key = ownerKey(this.#core, { keyBlock: session.keyBlock(), method: named, owner, device });
    this.keys.set(pair(owner, device), key.reveal());
  }

  #learnRequest(name: PartyName, { payload }: CoapResponse): void {
    const body = payload.length === 0 ? undefined : decodeCbor(payload);
    const pem: unknown = body instanceof Map ? body.get('csr') : undefined;
    if (typeof pem === 'string') this.#setting.authority.learnRequest(this.#deviceOf(name) ?? '', pem);
  }

  async #open(event: CapturedSession): Promise<void> {
    const { client, server } = event;
    const device = this.#setting.devices.get(server);
    if (device === undefined) return;
    const hints: string[] = [];
    const plan = this.#plan(event, device, hints);
    const opened = await this.#settle(this.#party(client).open(device.secured, plan).catch(asFailure));
    const ours = opened instanceof SelvageError ? outcomeOf(opened) : suiteOf(opened);
    const theirs = event.alert?.startsWith(server) === true ? event.alert.slice(server.length + 2) : event.suite;
    if (ours !== theirs) this.#find(event, [{ path: 'outcome', theirs, ours }]);
    if (event.hint !== undefined) this.#compareHint(event, hints[0]);
    if (!(opened instanceof SelvageError)) this.#sessions.set(pair(client, server), opened);
  }

  #plan(event: CapturedSession, { pin }: ReplayedDevice, hints: string[]): Parameters<Party['open']>[1] {
    const suites = event.offered.flatMap((number) => suiteNames.get(number) ?? []);
    const certificate = this.certified.get(event.client);
    if (event.identity === undefined) return { suites, credentials: certificate === undefined ? {} : { certificate } };
    const identity = fromHex(event.identity);
    const isPin = event.identity === toHex(pinIdentity);
    return {
      suites,
      credentials: {
        keyForHint: (hint = new Uint8Array(0)) => {
          hints.push(toHex(hint));
          const shared = this.keys.get(pair(uuidTextOf(identity), uuidTextOf(hint))) ?? new Uint8Array(16);
          const digits = event.alert === undefined ? (pin() ?? '') : '00000000';
          const secret = isPin ? this.#pinKey(digits, hint.slice(-16)) : Secret.of(shared);
          return { identity, key: secret };
        },
      },
    };
  }

  #pinKey(digits: string, device: Uint8Array): Secret {
    return pinKey(this.#core, Secret.text(digits), uuidOf(device));
  }

  /** A hint is a device's identifier, after a colon where a PIN is asked for. */
  #compareHint(event: CapturedSession, ours = ''): void {
    const theirs = event.hint ?? '';
    const [there, here] = [uuidTextOf(fromHex(theirs.slice(-32))), uuidTextOf(fromHex(ours.slice(-32)))];
    const isPin = theirs.length === pinHint(uuidOf(new Uint8Array(16))).length * 2;
    const isSame = theirs.slice(0, -32) === ours.slice(0, -32) && this.renaming.matches('uuid', there, here);
    if (!isSame) this.#find(event, [{ path: isPin ? 'hint for a PIN' : 'hint', theirs, ours }]);
  }

  async #close(by: PartyName, to: PartyName): Promise<void> {
    const key = [pair(by, to), pair(to, by)].find((one) => this.#sessions.has(one));
    if (key === undefined) return;
    this.#sessions.get(key)?.session.close();
    this.#sessions.delete(key);
    await this.pass(50);
  }

  /** Lets time pass. */
  pass(milliseconds: number): Promise<void> {
    return this.#setting.world.pass(milliseconds);
  }

  #settle<T>(promise: Promise<T>): Promise<T> {
    return this.#setting.world.settle(promise);
  }

  #find(event: CapturedExchange | CapturedSession, found: readonly Difference[]): void {
    const request = event.kind === 'session' ? 'session' : `${event.method} ${event.path}`;
    this.findings.push(...found.map((one) => ({ ...one, flow: this.#flow, frame: event.frame, request })));
  }

  #holderOf(name: PartyName): Holder {
    return { device: this.#deviceOf(name) ?? '', key: this.certified.get(name)?.key };
  }

  #deviceOf(name: PartyName): string | undefined {
    return this.#transfers.get(name)?.device;
  }

  #party(name: PartyName): Party {
    return this.#setting.parties(name);
  }

  get #core(): CryptoCore {
    return nativeCore;
  }
}

/** Everybody who sends or answers something in an event. */
function partiesIn(event: CapturedEvent): readonly string[] {
  if (event.kind === 'session') return [event.client, event.server];
  if (event.kind === 'closed') return [event.by, event.to];
  return [event.from, event.to, ...event.responses.map(({ from }) => from)];
}

const suiteNames = new Map<string, CipherSuiteName>(
  (Object.keys(cipherSuites) as CipherSuiteName[]).map((name) => [suiteNumber(cipherSuites[name].id), name]),
);

function suiteOf({ session }: Session): string {
  return suiteNumber(session.session.suite.id);
}

function suiteNumber(id: number): string {
  return `0x${id.toString(16).padStart(4, '0').toUpperCase()}`;
}

/** The alert that ended a handshake, as the captures name alerts, or else what it failed of. */
function outcomeOf({ code, details }: SelvageError): string {
  const alert = details?.['alert'];
  return typeof alert === 'string' ? alert : code;
}

function pair(one: string, other: string): string {
  return `${one} with ${other}`;
}

function uuidTextOf(bytes: Uint8Array): string {
  return bytes.length === 16 ? uuidOf(bytes) : toHex(bytes);
}

/** Options that belong to blocks, and not to what is carried. */
const ofBlocks = ['ETag', 'Block1', 'Block2', 'Size1', 'Size2'];

function optionTexts(options: readonly { readonly number: number; readonly value: Uint8Array }[]): string {
  const [transport, observe] = [[4, 23, 27, 28, 60], 6];
  const kept = options.filter(({ number }) => !transport.includes(number));
  // Notifications are numbered as their server likes.
  return kept.map(({ number, value }) => `${number}=${number === observe ? '…' : toHex(value)}`).join(' ');
}

function asFailure(error: unknown): SelvageError {
  if (error instanceof SelvageError) return error;
  throw error;
}
