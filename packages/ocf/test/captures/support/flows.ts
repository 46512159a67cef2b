import { readdirSync, readFileSync } from 'node:fs';

/** Who takes part in a captured flow; what goes to a group names the group's address instead. */
export type Party = 'tool' | 'device 1' | 'device 2' | 'stranger';

/** An option by the name that tshark gives it. */
export type CapturedOption = readonly [name: string, value: string | number];

/** What answered a request: one entry a responder, and one a notification. */
export interface CapturedResponse {
  readonly frame: number;
  readonly from: Party;
  readonly type: string;
  readonly code: string;
  readonly options: readonly CapturedOption[];
  /** In hex. */
  readonly payload: string;
  readonly blocks?: number;
}

/** A request with all that answered it. */
export interface CapturedExchange {
  readonly kind: 'exchange';
  readonly frame: number;
  /** Seconds after the start of the flow. */
  readonly at: number;
  readonly from: Party;
  readonly to: string;
  readonly over: 'coap' | 'coaps' | 'coaps+tcp';
  readonly type: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query: readonly string[];
  readonly options: readonly CapturedOption[];
  /** In hex. */
  readonly payload: string;
  readonly blocks?: number;
  readonly repeated?: number;
  readonly responses: readonly CapturedResponse[];
}

/** A DTLS handshake. */
export interface CapturedSession {
  readonly kind: 'session';
  readonly frame: number;
  readonly at: number;
  readonly client: Party;
  readonly server: Party;
  readonly offered: readonly string[];
  readonly suite?: string;
  readonly hint?: string;
  readonly identity?: string;
  readonly alert?: string;
}

/** The end of a session. */
export interface CapturedClose {
  readonly kind: 'closed';
  readonly frame: number;
  readonly at: number;
  readonly by: Party;
  readonly to: Party;
}

export type CapturedEvent = CapturedExchange | CapturedSession | CapturedClose;

/** The flows of `packages/ocf/test/vectors/captures`, by name. */
export const flows: ReadonlyMap<string, readonly CapturedEvent[]> = readFlows();

/**
 * The events of a flow, which is named by how it starts, such as `a02`.
 * @throws RangeError where there is none.
 */
export function flowOf(start: string): readonly CapturedEvent[] {
  for (const [name, events] of flows) if (name.startsWith(start)) return events;
  throw new RangeError(`no captured flow is called ${start}`);
}

/** The exchanges among events. */
export function exchangesOf(events: readonly CapturedEvent[]): readonly CapturedExchange[] {
  return events.filter((event) => event.kind === 'exchange');
}

/** Whether all of a response's body was fetched. */
export function isWhole({ options }: CapturedResponse): boolean {
  return !options.some(([name, value]) => name === 'Block2' && String(value).split('/')[1] === '1');
}

function readFlows(): Map<string, readonly CapturedEvent[]> {
  const folder = new URL('../../vectors/captures/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  return new Map(files.sort().flatMap((name) => Object.entries(read(name) as Record<string, CapturedEvent[]>)));
}
