import { type Clock, givingUpAfter, SelvageError } from '@selvage/core';
import { type UdpAddress, udpAddress } from '@selvage/core/node';
import { type AgentText, decodeAgentText } from '@selvage/thread';
import { type DnsAnswer, type DnsSdPlace, openMulticast } from './place.js';

/** A border agent that answered. */
export interface FoundAgent {
  /** By which people know it. */
  readonly name: string;
  readonly address: UdpAddress;
  readonly text: AgentText;
}

export interface FindOptions {
  readonly place: DnsSdPlace;
  readonly type: string;
  /** How long answers are waited for, milliseconds. */
  readonly patience: number;
  /** Ends the search early. */
  readonly isEnough?: (agents: readonly FoundAgent[]) => boolean;
}

/** Asked again as either may be lost, milliseconds after the first time. */
const askedAgain = [250, 1000] as const;

/** What was said about one service or host so far. */
class Records {
  readonly #instances = new Set<string>();
  readonly #services = new Map<string, { readonly target: string; readonly port: number }>();
  readonly #texts = new Map<string, readonly Uint8Array[]>();
  readonly #hosts = new Map<string, Set<string>>();

  take(type: string, answers: readonly DnsAnswer[]): void {
    for (const answer of answers) {
      const key = 'name' in answer ? answer.name.toLowerCase() : '';
      if (answer.type === 'PTR' && key === type && answer.ttl !== 0) this.#instances.add(answer.data);
      if (answer.type === 'SRV' && answer.ttl !== 0) this.#services.set(key, answer.data);
      if (answer.type === 'TXT') this.#texts.set(key, stringsOf(answer.data));
      if (answer.type !== 'A' && answer.type !== 'AAAA') continue;
      const known = this.#hosts.get(key) ?? new Set();
      this.#hosts.set(key, known.add(answer.data));
    }
  }

  /** Those of which everything is known. */
  agents(type: string): FoundAgent[] {
    return [...this.#instances].flatMap((instance) => {
      const service = this.#services.get(instance.toLowerCase());
      const addresses = service && this.#hosts.get(service.target.toLowerCase());
      const usable = [...(addresses ?? [])].toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
      const [first] = usable;
      if (service === undefined || first === undefined || service.port === 0) return [];
      const text = decodeAgentText(this.#texts.get(instance.toLowerCase()) ?? []);
      const name = instance.slice(0, -type.length - 1);
      return [{ name, address: udpAddress(first, service.port), text }];
    });
  }
}

/** Asks by multicast DNS for services of a type (RFC 6763 §4); resolves when time is over or enough have answered. */
export async function findAgents(options: FindOptions, clock: Clock): Promise<readonly FoundAgent[]> {
  const { place, type, patience, isEnough = () => false } = options;
  const multicast = openMulticast(place);
  const records = new Records();
  const ask = (): void => multicast.query({ questions: [{ name: type, type: 'PTR' }] });
  const timers = askedAgain.map((after) => clock.wakeAt(clock.now() + after, ask));
  try {
    return await new Promise<readonly FoundAgent[]>((resolve, reject) => {
      timers.push(givingUpAfter(clock, patience, () => resolve(records.agents(type))));
      multicast.on('error', (cause: Error) =>
        reject(new SelvageError('port-failed', `multicast DNS cannot be spoken: ${cause.message}`, { cause })),
      );
      multicast.on('ready', ask);
      multicast.on('response', ({ answers = [], additionals = [] }) => {
        records.take(type, [...answers, ...additionals]);
        const found = records.agents(type);
        if (isEnough(found)) resolve(found);
      });
    });
  } finally {
    for (const timer of timers) timer.cancel();
    await new Promise<void>((resolve) => multicast.destroy(() => resolve()));
  }
}

function stringsOf(data: string | Uint8Array | readonly (string | Uint8Array)[]): readonly Uint8Array[] {
  const strings = typeof data === 'string' || data instanceof Uint8Array ? [data] : data;
  return strings.map((string) => (typeof string === 'string' ? new TextEncoder().encode(string) : string));
}
