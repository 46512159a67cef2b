/**
 * The normal world's ROM: what runs there before any byte of an image does. It waits on the channel for the payload that
 * the secure world verified, takes away from the realm what firmware has no business with, and starts the payload.
 *
 * It is one function that uses nothing but its arguments, because its text is handed to Node on the command line: so no
 * file is read, and none has to be in sight. On the channel: one byte of the loader's, {@link heldByte} or
 * {@link heldInNamespaces}, when it is there; then `u32 length | part` for each part of the payload from the secure world,
 * and a length of 0; from there on the stream is the firmware's. The payload is a CommonJS module whose `start` is called
 * with the stream; what it may require is here. It may have parts, with the character U+001E between them, that are run in
 * their order, each before the next is read: what is at its very beginning need not wait until all of it is compiled.
 *
 * The process is not kept in by what is taken away here: namespaces and Node's permission model do that. This is the third
 * fence, the one that says what it refused, on standard error.
 */

/** The loader is there, in namespaces of its own, where it is process 1; or among the processes of the host. */
export const [heldInNamespaces, heldByte] = [1, 2];

/** What stands between the parts of a payload; no script has it, but for within a text. */
export const partSeparator = '\u001e';
const separatorByte = 0x1e;

/** A payload as the loader takes it, in pieces: views on it, and what stands before them. */
export function partsOfPayload(payload: Uint8Array): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start <= payload.length; ) {
    const found = payload.indexOf(separatorByte, start);
    const part = payload.subarray(start, found < 0 ? payload.length : found);
    // A length of 0 is the end of them all.
    if (part.length > 0) pieces.push(lengthOf(part.length), part);
    start += part.length + 1;
  }
  return [...pieces, lengthOf(0)];
}

function lengthOf(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length);
  return bytes;
}

/** How a line of standard error begins that tells of a refusal. */
export const refusedPrefix = 'refused: ';

import type { SocketAddress, Socket } from 'node:net';
import type { Script } from 'node:vm';

type Requires = (name: string) => unknown;
type Anything = Record<PropertyKey, unknown>;

/** What the loader uses of Node. */
interface NodeFs {
  readSync(descriptor: number, into: Uint8Array, offset: number, length: number, position: null): number;
  writeSync(descriptor: number, bytes: Uint8Array | string): number;
}

interface NodeNet {
  readonly Socket: typeof Socket;
  readonly SocketAddress: typeof SocketAddress;
  readonly isIP: unknown;
  readonly isIPv4: unknown;
  readonly isIPv6: unknown;
}

/**
 * @see the head of this file.
 * @param builtin Node's own `require`
 * @param halves of the name of Node's cryptography: where the text on its command line has that for a word, Node loads it at
 *   each start, which takes 2 ms, and makes the module a global
 */
export function loader(
  builtin: Requires,
  process: NodeJS.Process,
  realm: Anything,
  channel: number,
  halves: readonly string[],
): void {
  const fs = builtin('fs') as NodeFs;
  const vm = builtin('vm') as { readonly Script: typeof Script };
  const net = builtin('net') as NodeNet;
  const library = halves.join('');
  // Said before the rest is done: it runs nothing but what comes over the channel, and reads that when it is ready.
  fs.writeSync(channel, new Uint8Array([process.pid === 1 ? 1 : 2]));
  const exit = process.exit.bind(process);
  const nextTick = process.nextTick.bind(process);
  const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty, getPrototypeOf } = Reflect;
  const encode = TextEncoder.prototype.encode.bind(new TextEncoder());
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let lines = 0;

  const say = (line: string): void => {
    // What a firmware has to say is bounded by whoever reads; refusals are, here.
    try {
      fs.writeSync(2, encode(`${line}\n`));
    } catch {
      // Nobody reads.
    }
  };
  const note = (what: string): undefined => {
    if (lines++ < 512) say(`refused: ${what}`);
    return undefined;
  };
  const refuse = (what: string): never => {
    note(what);
    const error: unknown = Reflect.construct(Error, [`firmware is not given ${what}`]);
    throw Object.assign(error as Error, { code: 'ERR_NOT_GRANTED' });
  };

  const read = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let got = 0; got < length; ) {
      const count = fs.readSync(channel, bytes, got, length - got, null);
      if (count === 0) exit(0);
      got += count;
    }
    return bytes;
  };

  const openStream = () => {
    // Half open: else a socket that was ended gives itself another `write`, which `settle` forbids.
    const socket = new net.Socket({ fd: channel, readable: true, writable: true, allowHalfOpen: true });
    socket.on('end', () => exit(0));
    socket.on('error', () => exit(0));
    socket.on('close', () => exit(0));
    return Object.freeze({
      write: (bytes: Uint8Array): boolean => socket.write(bytes),
      onData: (receiver: (bytes: Uint8Array) => void): void => void socket.on('data', (bytes) => receiver(bytes)),
      // Firmware without its channel is nothing: the process ends then.
      onClose: (): void => undefined,
      onDrain: (listener: () => void): void => void socket.on('drain', () => listener()),
      close: (): void => socket.destroySoon(),
    });
  };

  /** Functions of prototypes that sockets have must stay what they are: whoever replaced one would get hold of a socket. */
  const settle = (prototype: object | null): void => {
    for (let one = prototype; one !== null && one !== Object.prototype; one = getPrototypeOf(one)) {
      for (const key of ownKeys(one)) {
        const own = getOwnPropertyDescriptor(one, key);
        if (own?.configurable && typeof own.value === 'function') {
          defineProperty(one, key, { ...own, writable: key === 'constructor', configurable: false });
        }
      }
    }
  };

  const without = (module: Anything, names: readonly string[]): Anything => {
    const copy: Anything = {};
    for (const key of ownKeys(module)) {
      const own = getOwnPropertyDescriptor(module, key);
      if (own && !names.includes(String(key))) defineProperty(copy, key, own);
    }
    return copy;
  };

  /** The realm of a firmware: the language, and what of Node touches nothing outside of the process. */
  const narrow = (): void => {
    const kept = new Set(
      (
        'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp ' +
        'Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl ' +
        'ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array ' +
        'Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef Proxy Reflect ' +
        'FinalizationRegistry decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN ' +
        'Buffer URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget DOMException ' +
        'structuredClone queueMicrotask setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate ' +
        'performance atob btoa'
      ).split(' '),
    );
    kept.add(library);
    for (const key of ownKeys(realm)) {
      if (typeof key === 'symbol' || kept.has(key) || deleteProperty(realm, key)) continue;
      try {
        realm[key] = undefined;
      } catch {
        // It can be neither removed nor changed, as `undefined` itself.
      }
    }
    const quiet = (...words: unknown[]): void => {
      if (lines++ < 512) say(words.map((word) => (typeof word === 'string' ? word : typeof word)).join(' '));
    };
    const { version, versions, platform, arch } = process;
    const denied = (name: string) => () => refuse(`process.${name}`);
    const dangers =
      'binding dlopen kill _kill abort chdir umask getBuiltinModule setuid setgid seteuid setegid setgroups initgroups ' +
      'execve _linkedBinding _debugProcess _debugEnd reallyExit loadEnvFile openStdin';
    const seen: Anything = {
      ...{ version, versions: { ...versions }, platform, arch, pid: 0, ppid: 0, argv: [], execArgv: [], env: {} },
      nextTick,
      hrtime: Object.assign(() => process.hrtime(), { bigint: () => process.hrtime.bigint() }),
      memoryUsage: () => process.memoryUsage(),
      uptime: () => process.uptime(),
      emitWarning: quiet,
      exit: (code?: number) => exit(code),
      ...Object.fromEntries(dangers.split(' ').map((name) => [name, denied(name)])),
    };
    for (const key of ownKeys(process.env)) deleteProperty(process.env, key);
    const console = { log: quiet, info: quiet, warn: quiet, error: quiet, debug: quiet, trace: quiet };
    const evaluate = () => refuse('eval');
    // Texts become code nowhere: whatever makes a function of one is reached through these.
    const kinds = [() => 0, async () => 0, function* () {}, async function* () {}];
    for (const { prototype, name } of kinds.map((one) => one.constructor)) {
      const made = function () {
        refuse(`${name} from a text`);
      };
      defineProperty(made, 'name', { value: name });
      made.prototype = prototype as object;
      defineProperty(prototype as object, 'constructor', { value: made, writable: true, configurable: true });
    }
    realm['Function'] = (() => 0).constructor;
    for (const [name, value] of Object.entries({ process: seen, console, eval: evaluate })) {
      defineProperty(realm, name, { value, writable: true, configurable: true, enumerable: false });
    }
    // Whoever asks whether these are there gets the answer of a realm without them, and is heard.
    const absent = (holder: Anything, prefix: string, names: string): void => {
      for (const name of names.split(' ')) {
        const get = (): undefined => note(`${prefix}${name}`);
        defineProperty(holder, name, { get, set: () => undefined, configurable: false, enumerable: false });
      }
    };
    absent(seen, 'process.', 'stdin stdout stderr mainModule report permission channel');
    absent(realm, '', 'fetch WebSocket EventSource WebAssembly BroadcastChannel MessageChannel Worker require module');
  };

  settle(net.Socket.prototype);
  const { isIP, isIPv4, isIPv6, SocketAddress } = net;
  const refusing = (of: string, names: string): Anything =>
    Object.fromEntries(names.split(' ').map((name) => [name, () => refuse(`${of}${name}`)]));
  const sockets = refusing('net.', 'connect createConnection createServer Socket Stream Server');
  const engines = refusing(`${library}.`, 'setEngine setFips');
  // Made when it is asked for: a firmware's first line need not wait for it.
  const cryptography = () => Object.assign(without(builtin(library) as Anything, ['default']), engines);
  let made: Anything | undefined;
  const modules = new Map<string, () => unknown>([
    [library, () => (made ??= cryptography())],
    ['net', () => ({ ...sockets, isIP, isIPv4, isIPv6, SocketAddress })],
  ]);
  const granted: Requires = (name) => {
    const known = modules.get(name.startsWith('node:') ? name.slice(5) : name);
    return known === undefined ? refuse(`module ${name.slice(0, 64)}`) : known();
  };
  process.on('uncaughtException', (error: unknown) => {
    say(`firmware has ended: ${error instanceof Error ? String(error.stack) : typeof error}`);
    exit(70);
  });
  narrow();

  const compile = (text: string) =>
    new vm.Script(`(function (exports, require, module) {${text}\n})`, { filename: 'firmware' }).runInThisContext() as (
      exports: unknown,
      require: Requires,
      module: unknown,
    ) => void;
  const module = { exports: {} as { start?: (given: { stream: unknown }) => unknown } };
  const nextPart = (): string | undefined => {
    const length = new DataView(read(4).buffer).getUint32(0);
    return length === 0 ? undefined : utf8.decode(read(length));
  };
  // On a stack of its own: below this one are functions of Node's that give their arguments away, `require` among them.
  nextTick(() => {
    for (let part = nextPart(); part !== undefined; part = nextPart()) {
      apply(compile(part), undefined, [module.exports, granted, module]);
    }
    const stream = openStream();
    if (typeof module.exports.start !== 'function') refuse('a payload without a start');
    module.exports.start?.({ stream });
  });
}

/** The loader as Node takes it on its command line. @param channel the descriptor of the channel */
export function loaderText(channel: number): string {
  // Functions of strict code give neither their callers nor their arguments away.
  return `'use strict';(${loader.toString()})(require, process, globalThis, ${channel}, ['cry', 'pto'])`;
}
