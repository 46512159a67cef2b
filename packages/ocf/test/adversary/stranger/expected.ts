/**
 * What strangers may do, by section 8 of the protocol note and the words of OCF's security specification, written down
 * by hand: a list for each state and way in. What is not in a list is refused.
 */
import type { Method } from '@selvage/coap';
import type { Target } from './resources.js';

export const states = ['RFOTM', 'RFPRO', 'RFNOP', 'SRESET', 'RESET'] as const;
export type State = (typeof states)[number];

/** How a stranger comes in. */
export const waysIn = [
  'in the clear',
  'in the clear, beside an onboarding connection',
  'to the group',
  'to the group, beside an onboarding connection',
  'anonymous',
  'a key of an identity that nobody knows',
  'the identity of a paired device, and another key',
  'the identity of the owner, and the key of a paired device',
  'the identity of the device itself',
  'a paired device without rights',
  'a certificate of another authority',
  'a certificate that has expired',
  'a certificate without rights',
] as const;
export type WayIn = (typeof waysIn)[number];

/** An answer's code, nothing, or no session to ask in. */
export type Expected = `${2 | 4}.${number}` | 'silence' | 'no session';

/** Whether there is an onboarding connection, which only a device has that is ready for owner transfer. */
export function isPossible(state: State, way: WayIn): boolean {
  return !way.includes('beside an onboarding connection') || state === 'RFOTM';
}

/** The ways in by which a session opens, in which states. In RESET one that was open before is tried. */
const sessions: Partial<Record<WayIn, readonly State[]>> = {
  anonymous: ['RFOTM'],
  'a paired device without rights': ['RFPRO', 'RFNOP', 'SRESET', 'RESET'],
  'a certificate without rights': ['RFPRO', 'RFNOP', 'SRESET', 'RESET'],
};

const core = ['/oic/res', '/oic/d', '/oic/p'];
const onboarded = ['doxm', 'pstat', 'cred', 'acl2', 'roles', 'csr', 'sp', 'sdi', 'ael'].map(
  (name) => `/oic/sec/${name}`,
);

/** What may be read. */
const readable: Partial<Record<WayIn, Partial<Record<State, readonly string[]>>>> = {
  'in the clear': {
    RFOTM: [...core, '/oic/sec/doxm', '/oic/sec/pstat'],
    RFPRO: core,
    RFNOP: core,
    SRESET: core,
  },
  'to the group': {
    RFOTM: [...core, '/oic/sec/doxm', '/oic/sec/pstat'],
    RFPRO: core,
    RFNOP: core,
    SRESET: core,
  },
  // By Just Works whoever comes first is the new owner: it has the onboarding connection.
  anonymous: { RFOTM: [...core, ...onboarded] },
  'a paired device without rights': strangerInSession(),
  'a certificate without rights': strangerInSession(),
};

/** What may be written, though what strangers write to it changes nothing. */
const writable: Partial<Record<WayIn, Partial<Record<State, readonly string[]>>>> = {
  'in the clear': { RFOTM: ['/oic/sec/doxm'] },
  anonymous: { RFOTM: [...core, ...onboarded] },
  'a paired device without rights': rolesInSession(),
  'a certificate without rights': rolesInSession(),
};

/** The entry for `/open` counts in sessions, and in normal operation alone. */
function strangerInSession(): Partial<Record<State, readonly string[]>> {
  const always = [...core, '/oic/sec/roles'];
  return { RFPRO: always, RFNOP: [...always, '/open'], SRESET: always };
}

function rolesInSession(): Partial<Record<State, readonly string[]>> {
  return { RFPRO: ['/oic/sec/roles'], RFNOP: ['/oic/sec/roles'], SRESET: ['/oic/sec/roles'] };
}

/** What comes of a stranger's request. */
export function expected(state: State, way: WayIn, method: Method, target: Target): Expected {
  if (isInSession(way) && sessions[way]?.includes(state) !== true) return 'no session';
  if (way.startsWith('to the group')) {
    const answers = method === 'GET' && isIn(readable, state, way, target);
    return answers ? '2.05' : 'silence';
  }
  if (!['GET', 'POST', 'PUT', 'DELETE'].includes(method)) return '4.05';
  if (method === 'GET') return isIn(readable, state, way, target) ? '2.05' : '4.01';
  if (target.interface === 'r') return '4.03';
  return isIn(writable, state, way, target) ? whereWritable(method, target) : '4.01';
}

/** Security resources have no PUT, and only lists have DELETE; what was posted is refused. */
function whereWritable(method: Method, { path }: Target): Expected {
  const name = path.slice('/oic/sec/'.length);
  if (method === 'POST') return name === 'csr' ? '4.05' : '4.00';
  return method === 'DELETE' && ['cred', 'acl2', 'roles'].includes(name) ? '2.02' : '4.05';
}

function isInSession(way: WayIn): boolean {
  return !way.startsWith('in the clear') && !way.startsWith('to the group');
}

function isIn(lists: typeof readable, state: State, way: WayIn, { path }: Target): boolean {
  return lists[way]?.[state]?.includes(path) === true;
}
