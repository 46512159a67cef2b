/**
 * Takes what was said in the captured OCF flows out of them, as README.md describes it:
 * `node extract.mjs <folder of the captures>` writes one file a series, `a.json` to `n.json`, beside this script.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {[string, string | number]} Option
 * @typedef {{ type: string, code: string, mid?: number, token: string, options?: Option[], payload: string }} Coap
 * @typedef {{ hs: string, suite?: string, suites?: string[], raw?: string, certs?: string[] }} Handshake
 * @typedef {{ frame: number, t: number, src: string, dst: string, layer: string, coap?: Coap, handshake?: Handshake[],
 *   info?: string }} Entry
 * @typedef {{ frame: number, from: string, type: string, code: string, options: Option[], payload: string,
 *   blocks?: number }} Response
 * @typedef {{ kind: 'exchange', frame: number, at: number, from: string, to: string, over: string, type: string,
 *   method: string, path: string, query: string[], options: Option[], payload: string, blocks?: number,
 *   repeated?: number, responses: Response[] }} Exchange
 * @typedef {{ kind: 'session', frame: number, at: number, client: string, server: string, offered: string[],
 *   suite?: string, hint?: string, identity?: string, alert?: string }} Session
 * @typedef {{ kind: 'closed', frame: number, at: number, by: string, to: string }} Closed
 */

const folder = process.argv[2] ?? '.';
const parties = ['', 'tool', 'device 1', 'device 2', 'stranger'];
/** What belongs to one message of a block-wise transfer and not to what is transferred. */
const blockwise = ['Block1', 'Block2', 'Size1', 'Size2', 'ETag'];

/** @type {WeakMap<Exchange, string>} */
const tokens = new WeakMap();

/** @type {Map<string, Record<string, unknown[]>>} */
const series = new Map();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  const name = file.replace(/\.json$/, '');
  const flows = series.get(name.slice(0, 1)) ?? {};
  flows[name] = eventsOf(readEntries(file));
  series.set(name.slice(0, 1), flows);
}
for (const [letter, flows] of series) {
  const text = Object.entries(flows).map(
    ([name, events]) => `"${name}": [\n${events.map((event) => ` ${JSON.stringify(event)}`).join(',\n')}\n]`,
  );
  writeFileSync(join(import.meta.dirname, `${letter}.json`), `{\n${text.join(',\n')}\n}\n`);
}

/** @param {string} file */
function readEntries(file) {
  /** @type {unknown} */
  const parsed = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return /** @type {Entry[]} */ (parsed);
}

/** @param {Entry[]} entries */
function eventsOf(entries) {
  /** @type {(Exchange | Session | Closed)[]} */
  const events = [];
  /** @type {Set<string>} */
  const seen = new Set();
  for (const entry of entries) {
    const { coap } = entry;
    if (coap === undefined) takeRecord(events, entry);
    else if (coap.options !== undefined && !isAgain(events, seen, entry, coap)) takeMessage(events, entry, coap);
  }
  for (const exchange of exchanges(events)) withoutBlocks(exchange);
  return events;
}

/**
 * A body that came in blocks stands whole, without what belonged to its blocks.
 * @param {Exchange} exchange
 */
function withoutBlocks(exchange) {
  /** @param {Option} option */
  const isBody = ([name]) => !blockwise.includes(name);
  if (exchange.blocks !== undefined) exchange.options = exchange.options.filter(isBody);
  for (const response of exchange.responses) {
    if (exchange.blocks !== undefined || response.blocks !== undefined) response.options = response.options.filter(isBody);
  }
}

/**
 * Whether the same message was sent before; over two families the same request counts once.
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Set<string>} seen
 * @param {Entry} entry
 * @param {Coap} coap
 */
function isAgain(events, seen, entry, coap) {
  if (coap.code === 'EMPTY' || coap.mid === undefined) return false;
  const mark = [partyOf(entry.src), partyOf(entry.dst), coap.mid, coap.token, coap.code].join();
  if (!seen.has(mark)) {
    seen.add(mark);
    return false;
  }
  const first = exchanges(events).find(({ from, frame }) => from === partyOf(entry.src) && frame < entry.frame);
  const asked = exchanges(events).findLast((one) => tokens.get(one) === coap.token) ?? first;
  if (asked !== undefined) asked.repeated = (asked.repeated ?? 0) + 1;
  return true;
}

/**
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 * @param {Coap} coap
 */
function takeMessage(events, entry, coap) {
  if (/^(GET|POST|PUT|DELETE)$/.test(coap.code)) takeRequest(events, entry, coap);
  else takeResponse(events, entry, coap);
}

/**
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 * @param {Coap} coap
 */
function takeRequest(events, entry, coap) {
  const options = coap.options ?? [];
  const block = blockNumber(options);
  const before = exchanges(events).findLast(
    (one) => tokens.get(one) === coap.token && one.from === partyOf(entry.src),
  );
  if (block > 0 && before !== undefined) {
    if (coap.payload !== '') {
      before.payload += coap.payload;
      before.blocks = (before.blocks ?? 1) + 1;
    }
    return;
  }
  /** @type {Exchange} */
  const exchange = {
    kind: 'exchange',
    frame: entry.frame,
    at: entry.t,
    from: partyOf(entry.src),
    to: partyOf(entry.dst),
    over: entry.layer,
    type: coap.type,
    method: coap.code,
    path: `/${valuesOf(options, 'Uri-Path').join('/')}`,
    query: valuesOf(options, 'Uri-Query'),
    options: options.filter(([name]) => !/^Uri-/.test(name)),
    payload: coap.payload,
    responses: [],
  };
  tokens.set(exchange, coap.token);
  events.push(exchange);
}

/**
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 * @param {Coap} coap
 */
function takeResponse(events, entry, coap) {
  const to = partyOf(entry.dst);
  const from = partyOf(entry.src);
  if (coap.code === 'EMPTY') {
    if (coap.type === 'RST') refuse(events, entry, from, to);
    return;
  }
  const asked = exchanges(events).findLast((one) => tokens.get(one) === coap.token && one.from === to);
  if (asked === undefined || coap.code === '2.31') return;
  const options = coap.options ?? [];
  const before = asked.responses.findLast((one) => one.from === from);
  if (before !== undefined && blockNumber(options) > 0 && valuesOf(options, 'Block2').length > 0) {
    before.payload += coap.payload;
    before.blocks = (before.blocks ?? 1) + 1;
    return;
  }
  asked.responses.push({
    frame: entry.frame,
    from,
    type: coap.type,
    code: coap.code,
    options,
    payload: coap.payload,
  });
}

/**
 * A reset answers the last request of its receiver.
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 * @param {string} from
 * @param {string} to
 */
function refuse(events, entry, from, to) {
  const asked = exchanges(events).findLast((one) => one.from === to && one.to === from);
  asked?.responses.push({ frame: entry.frame, from, type: 'RST', code: 'EMPTY', options: [], payload: '' });
}

/**
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 */
function takeRecord(events, entry) {
  const [from, to] = [partyOf(entry.src), partyOf(entry.dst)];
  for (const message of entry.handshake ?? []) {
    if (message.hs === 'ClientHello') hello(events, entry, message);
    const session = lastBetween(events, from, to);
    if (session?.kind === 'session') learn(session, message);
  }
  const last = lastBetween(events, from, to);
  const fatal = /^Alert fatal (.*)$/.exec(entry.info ?? '')?.[1];
  if (fatal !== undefined && last?.kind === 'session') last.alert = `${from}: ${fatal}`;
  if (entry.info === 'Alert warning close_notify' && last?.kind === 'session') {
    events.push({ kind: 'closed', frame: entry.frame, at: entry.t, by: from, to });
  }
}

/**
 * The last session between two parties, or its end.
 * @param {(Exchange | Session | Closed)[]} events
 * @param {string} one
 * @param {string} other
 */
function lastBetween(events, one, other) {
  const pair = [one, other].sort().join();
  return events
    .filter((event) => event.kind !== 'exchange')
    .findLast((event) => (event.kind === 'session' ? [event.client, event.server] : [event.by, event.to]).sort().join() === pair);
}

/**
 * @param {(Exchange | Session | Closed)[]} events
 * @param {Entry} entry
 * @param {Handshake} message
 */
function hello(events, entry, message) {
  const [client, server] = [partyOf(entry.src), partyOf(entry.dst)];
  const offered = (message.suites ?? []).map(suiteNumber);
  const last = lastBetween(events, client, server);
  const isUsed = exchanges(events).some(({ over, frame }) => over !== 'coap' && frame > (last?.frame ?? 0));
  if (last?.kind !== 'session' || isUsed) events.push({ kind: 'session', frame: entry.frame, at: entry.t, client, server, offered });
}

/**
 * @param {Session} session
 * @param {Handshake} message
 */
function learn(session, message) {
  if (message.hs === 'ServerHello') session.suite = suiteNumber(message.suite ?? '');
  if (session.suite !== '0xC037' || message.raw === undefined) return;
  const length = Number.parseInt(message.raw.slice(0, 4), 16) * 2;
  if (message.hs === 'ServerKeyExchange') session.hint = message.raw.slice(4, 4 + length);
  if (message.hs === 'ClientKeyExchange') session.identity = message.raw.slice(4, 4 + length);
}

/** @param {(Exchange | Session | Closed)[]} events */
function exchanges(events) {
  return events.filter((event) => event.kind === 'exchange');
}

/** @param {string} suite */
function suiteNumber(suite) {
  return /\((0x[0-9A-F]{4})\)$/.exec(suite)?.[1] ?? suite;
}

/** @param {Option[]} options */
function blockNumber(options) {
  const value = [...valuesOf(options, 'Block1'), ...valuesOf(options, 'Block2')].map((text) => Number(text.split('/')[0]));
  return Math.max(0, ...value);
}

/**
 * @param {Option[]} options
 * @param {string} name
 */
function valuesOf(options, name) {
  return options.filter(([one]) => one === name).map(([, value]) => String(value));
}

/**
 * The groups keep their address, the parties have names.
 * @param {string} address
 */
function partyOf(address) {
  const host = address.replace(/\.\d+$/, '');
  const number = /^(?:fe80::ff:fe00:|10\.77\.0\.)(\d)$/.exec(host)?.[1];
  return number === undefined ? host : (parties[Number(number)] ?? host);
}
