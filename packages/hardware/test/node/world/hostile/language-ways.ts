import { construct, type Fn, global, type Loose, module, processThing, type Way } from './realm.js';
import type { Targets } from './targets.js';

/** What the language itself offers to somebody who looks for the rest of Node. */
export function languageWays({ modules }: Targets): readonly Way[] {
  const code = 'globalThis.process.pid';
  return [
    ...modules.map((name): Way => ({ name: `require ${name}`, go: () => module(name) })),
    { name: 'evaluate a text', go: () => (global('eval') as Fn)('1 + 1') },
    { name: 'make a function of a text', go: () => construct((() => 0).constructor, 'return 1') },
    { name: 'make a function by its global name', go: () => construct(global('Function'), 'return 1') },
    {
      name: 'make an asynchronous function of a text',
      go: () => construct((async () => 0).constructor, '1'),
    },
    { name: 'make a generator of a text', go: () => construct(function* () {}.constructor, '1') },
    { name: 'give a timer a text', go: () => timerOfText(code) },
    { name: 'import', go: () => import(String('node:fs')) },
    { name: 'import data', go: () => import(String('data:text/javascript,export default 1')) },
    { name: 'get a module past the loader', go: () => (processThing()['getBuiltinModule'] as Fn)('fs') },
    { name: 'climb to the main module', go: () => (processThing()['mainModule'] as Loose)['require'] },
    { name: 'find a module of its own', go: () => global('module') },
    { name: 'find a global require', go: () => global('require') },
    { name: 'find a stream of the process', go: () => processThing()['stdout'] },
    { name: 'see the functions that called', go: () => callers() },
    { name: 'see the loader, and what it was given', go: () => early },
    { name: 'compile WebAssembly', go: () => (global('WebAssembly') as Loose)['Module'] },
    { name: 'have an engine loaded', go: () => (module('crypto')['setEngine'] as Fn)('/tmp/engine.so') },
    { name: 'talk to other threads', go: () => construct(global('BroadcastChannel'), 'x') },
    { name: 'keep a prototype that all objects share', go: () => '__proto__' in {} },
  ];
}

function timerOfText(code: string): Promise<unknown> {
  return Promise.resolve((setTimeout as Fn)(code, 0));
}

/** A stack gives away the functions that called unless they are strict, and they give away what they were called with. */
function callers(): unknown {
  const before = Reflect.get(Error, 'prepareStackTrace') as never;
  try {
    Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunction());
    const found = new Error().stack as unknown as readonly unknown[];
    return found.flatMap(argumentsOf).find(isRequire);
  } finally {
    Error.prepareStackTrace = before;
  }
}

function argumentsOf(caller: unknown): readonly unknown[] {
  try {
    return [...((caller as { arguments?: Iterable<unknown> }).arguments ?? [])];
  } catch {
    return [];
  }
}

/** Whether it is Node's own, and not that of the loader. */
function isRequire(one: unknown): boolean {
  try {
    return typeof ((one as Fn)('fs') as Loose)['readFileSync'] === 'function';
  } catch {
    return false;
  }
}

/** When the payload is evaluated, the loader is among the callers. */
const early = callers();
