import type { NonceWatch } from '../air/nonce-watch.js';
import { partitionsOf, viewOf } from '../view/mesh-view.js';
import type { World } from '../world/world.js';
import type { WorldNode } from '../world/world-node.js';
import { reachCheck } from './reach-check.js';
import type { Claim, Expectation } from './scenario.js';

/** Whether a claim holds, and what is the case where it does not. */
export interface Finding {
  readonly holds: boolean;
  readonly detail: string;
}

/** What claims are checked against. */
export interface ClaimParts {
  readonly world: World;
  readonly watch: NonceWatch;
  /** Bytes in use; undefined where nobody can say. */
  readonly heap: (() => number) | undefined;
  /** Bytes at the first check. */
  firstHeap: number | undefined;
}

const shown = 5;
/** Bytes: what compiled code and statistics come to in a while, and a node's fuller tables. */
const growths = { process: 4 * 1024 * 1024, node: 32 * 1024 } as const;
/** How often it is asked whether a claim holds by now, milliseconds. */
const glance = 250;

/** Checks a claim, again and again until it holds or its time is over. */
export async function checkExpectation(expectation: Expectation, parts: ClaimParts): Promise<Finding> {
  const { world } = parts;
  const end = expectation.at + expectation.within;
  for (;;) {
    const finding = await check(expectation, end, parts);
    if (finding.holds || world.now() + glance > end) return finding;
    await world.sleep(glance);
  }
}

async function check(claim: Claim, end: number, parts: ClaimParts): Promise<Finding> {
  const { world, watch } = parts;
  switch (claim.kind) {
    case 'onePartition':
      return onePartition(world);
    case 'reachable': {
      const seed = `${world.seed}/pairs/${world.now()}`;
      const failed = await reachCheck(world, { pairs: claim.pairs, seed, until: end });
      const names = failed.map(([from, to]) => `${from} → ${to}`);
      return { holds: names.length === 0, detail: names.length === 0 ? 'each answered' : someOf('no answer', names) };
    }
    case 'role': {
      const role = viewOf(world).find(({ name }) => name === claim.node)?.role ?? 'off';
      return { holds: claim.roles.includes(role), detail: `${claim.node} is ${role}` };
    }
    case 'ping': {
      const [from, to] = [world.node(claim.from), world.node(claim.to)];
      const roundTrip = await world.ping(from, to, { size: claim.size, patience: Math.max(end - world.now(), glance) });
      const detail = roundTrip === undefined ? 'no answer' : `${Math.round(roundTrip)} ms`;
      return { holds: roundTrip !== undefined, detail };
    }
    case 'joined':
      return joined(world, claim.nodes);
    case 'notJoined':
      return notJoined(world, claim);
    case 'counters': {
      const reuses = watch.reuses.map(
        ({ sender, key, counter, at }) => `${sender}: ${key}, counter ${counter}, at ${at} ms`,
      );
      return {
        holds: reuses.length === 0,
        detail: reuses.length === 0 ? `${watch.counted} counters` : someOf('reused', reuses),
      };
    }
    case 'memory':
      return memory(parts);
  }
}

function onePartition(world: World): Finding {
  const partitions = [...partitionsOf(world)];
  const holds = partitions.length === 1 && partitions[0]?.[0] !== undefined;
  const texts = partitions.map(([id, members]) => {
    const name = id === undefined ? 'in none' : id.toString(16).padStart(8, '0');
    return `${name}: ${someOf(String(members.length), members)}`;
  });
  return { holds, detail: texts.join('; ') || 'nobody takes part' };
}

function joined(world: World, names: readonly string[]): Finding {
  const missing = names.map((name) => world.node(name)).filter((node) => !isIn(node));
  const told = missing.map((node) => `${node.name}: ${failureOf(node) ?? (hasKey(node) ? 'not attached' : 'not yet')}`);
  const detail = `${names.length - missing.length} of ${names.length} joined`;
  return { holds: missing.length === 0, detail: missing.length === 0 ? detail : someOf(detail, told) };
}

function notJoined(world: World, { nodes, because }: Extract<Claim, { kind: 'notJoined' }>): Finding {
  const told = nodes.map((name) => {
    const node = world.node(name);
    const reason = failureOf(node);
    const holds = !hasKey(node) && (because === undefined || reason === because);
    return { holds, text: `${name}: ${hasKey(node) ? 'joined' : (reason ?? 'it has not failed')}` };
  });
  const detail = told
    .map(({ text }) => text)
    .slice(0, shown)
    .join(', ');
  return { holds: told.every(({ holds }) => holds), detail };
}

const hasKey = ({ joinStory }: WorldNode): boolean => joinStory?.entrustedAt !== undefined;
const isIn = (node: WorldNode): boolean => hasKey(node) && node.thread?.rloc16 !== undefined;

/** Why its last try failed. */
function failureOf({ joinStory }: WorldNode): string | undefined {
  if (joinStory?.entrustedAt !== undefined) return undefined;
  const failure = joinStory?.failures.at(-1)?.details?.['failure'];
  return typeof failure === 'string' ? failure : undefined;
}

function memory(parts: ClaimParts): Finding {
  const { world, watch, heap } = parts;
  if (heap === undefined) return { holds: true, detail: 'not measured here' };
  const inUse = heap() - watch.bytes;
  parts.firstHeap ??= inUse;
  const growth = inUse - parts.firstHeap;
  const allowed = growths.process + growths.node * world.size;
  return { holds: growth <= allowed, detail: `${Math.round(growth / 1024)} KiB more than at first` };
}

function someOf(title: string, names: readonly string[]): string {
  if (names.length === 0) return title;
  const rest = names.length > shown ? ` and ${names.length - shown} more` : '';
  return `${title} (${names.slice(0, shown).join(', ')}${rest})`;
}
