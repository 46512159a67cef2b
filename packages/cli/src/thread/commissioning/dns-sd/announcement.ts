import { Buffer } from 'node:buffer';
import { hostname, networkInterfaces } from 'node:os';
import { type Clock, SelvageError } from '@selvage/core';
import { type AgentText, encodeAgentText } from '@selvage/thread';
import { MulticastPace } from './multicast-pace.js';
import { isOnLink } from './on-link.js';
import { type DnsAnswer, type DnsSdPlace, openMulticast } from './place.js';

export interface AnnouncedService {
  readonly place: DnsSdPlace;
  /** Such as `_meshcop._udp.local`. */
  readonly type: string;
  /** By which people know it: the instance name. */
  readonly name: string;
  readonly port: number;
  /** Where it listens; an unspecified one is all of this host. */
  readonly address: string;
  readonly text: () => AgentText;
}

/** A service that is announced until it is taken back. */
export interface Announcement {
  /** Tells what has changed. */
  renew(): void;
  /** Says goodbye. */
  close(): Promise<void>;
}

/** Seconds that others may remember addresses, and what changes less (RFC 6762 §10). */
const [hostTtl, serviceTtl] = [120, 4500] as const;
/** Seconds that one may remember anything who asks once and hears nothing later (RFC 6762 §6.7). */
const onceTtl = 10;
/** Bytes of a label (RFC 1035 §2.3.4). */
const longestLabel = 63;
/** Said twice, as one may be lost (RFC 6762 §8.3), milliseconds. */
const announcedAgain = 1000;

/**
 * Announces a service by multicast DNS, and answers who asks for it (RFC 6762, RFC 6763).
 * @param onFailed told where the socket cannot be opened: nobody finds the service by its name then
 */
export function announce(
  service: AnnouncedService,
  clock: Clock,
  onFailed: (error: SelvageError) => void,
): Announcement {
  const multicast = openMulticast(service.place);
  const { type } = service;
  const respond = (ttlFactor: 0 | 1): Promise<void> =>
    new Promise((resolve) => multicast.respond({ answers: recordsOf(service, ttlFactor) }, () => resolve()));
  const pace = new MulticastPace(clock, () => void respond(1));
  multicast.on('error', (cause: Error) =>
    onFailed(new SelvageError('port-failed', `multicast DNS cannot be spoken: ${cause.message}`, { cause })),
  );
  multicast.on('query', ({ id, questions = [] }, from) => {
    const names = [type, instanceOf(service), hostOf(service)].map((name) => name.toLowerCase());
    if (!questions.some(({ name }) => names.includes(name.toLowerCase()))) return;
    if (from.port === service.place.port) return pace.want();
    // Who asks from another port hears no multicast: OpenThread's commissioner-cli does so. Nobody beyond the link is
    // answered: a forged source would have what is said sent to whom it likes (RFC 6762 §11).
    if (!isOnLink(from.address)) return;
    multicast.respond({ id, questions, answers: recordsOf(service, 1).map(forOnce) }, from);
  });
  multicast.on('ready', () => pace.want());
  const again = clock.wakeAt(clock.now() + announcedAgain, () => pace.want());
  return {
    renew: () => pace.want(),
    close: async () => {
      again.cancel();
      pace.stop();
      // At once: it is the last word, and whoever waits for the end need not wait for it.
      await respond(0);
      await new Promise<void>((resolve) => multicast.destroy(() => resolve()));
    },
  };
}

function recordsOf(service: AnnouncedService, factor: 0 | 1): DnsAnswer[] {
  const [instance, target] = [instanceOf(service), hostOf(service)];
  const { type, port } = service;
  const data = encodeAgentText(service.text()).map((string) => Buffer.from(string));
  const ttl = serviceTtl * factor;
  // The cache-flush bit: nobody else has records of these names (RFC 6762 §10.2).
  const own = { flush: true, class: 'IN' } as const;
  return [
    { type: 'PTR', name: type, ttl, data: instance },
    { type: 'SRV', name: instance, ttl: hostTtl * factor, ...own, data: { port, target, priority: 0, weight: 0 } },
    { type: 'TXT', name: instance, ttl, ...own, data },
    ...addressesOf(service).map(
      ({ address, type: family }): DnsAnswer => ({
        type: family,
        name: target,
        ttl: hostTtl * factor,
        ...own,
        data: address,
      }),
    ),
  ];
}

/** Without the cache-flush bit, which a plain resolver would take for a part of the class. */
function forOnce(answer: DnsAnswer): DnsAnswer {
  return { ...answer, flush: false, ttl: Math.min('ttl' in answer ? (answer.ttl ?? 0) : 0, onceTtl) } as DnsAnswer;
}

function addressesOf({ address }: AnnouncedService): { readonly address: string; readonly type: 'A' | 'AAAA' }[] {
  const typeOf = (text: string): 'A' | 'AAAA' => (text.includes(':') ? 'AAAA' : 'A');
  if (address !== '0.0.0.0' && address !== '::') return [{ address, type: typeOf(address) }];
  return (
    Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, address: text }) => !internal && !text.startsWith('fe80'))
      .map(({ address: text }) => ({ address: text, type: typeOf(text) }))
      // What listens on IPv4 alone is not reached by IPv6.
      .filter(({ type }) => type === 'A' || address === '::')
  );
}

/** A dot in a name would end its label. */
function instanceOf({ name, type }: AnnouncedService): string {
  return `${labelOf(name)}.${type}`;
}

/** Two services of a host at different addresses have hosts of their own. */
function hostOf({ address }: AnnouncedService): string {
  const isWhole = address === '0.0.0.0' || address === '::';
  const suffix = isWhole ? '' : `-${address.replaceAll(/[.:%]/g, '-')}`;
  const plain = hostname().split('.')[0] ?? 'selvage';
  return `${labelOf(plain, longestLabel - suffix.length)}${suffix}.local`;
}

/** A name as one label of at most so many bytes of UTF-8, which end with a whole character. */
export function labelOf(name: string, most = longestLabel): string {
  let label = '';
  let length = 0;
  for (const character of name.replaceAll('.', '-')) {
    length += Buffer.byteLength(character);
    if (length > most) break;
    label += character;
  }
  return label;
}
