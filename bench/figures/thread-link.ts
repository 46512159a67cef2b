/**
 * A Thread node's link: CPU of a secured frame with 100 bytes of payload, from the request to the PSDU and back, and how
 * often frame counters are made durable.
 */
import { systemEntropy } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { Link, type LinkOutput, type LinkUser } from '@selvage/thread';
import { cpuTime } from '../batches.js';
import type { Figure } from '../figure.js';
import { instantRadio } from '../thread/instant-radio.js';
import { type ServedKeys, servedKeys } from '../thread/served-keys.js';

const payload = new Uint8Array(100).fill(0xa5);
const [ours, theirs] = [1, 2].map((last) => Uint8Array.of(2, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0, last)) as [
  Uint8Array,
  Uint8Array,
];
const [ourShort, theirShort] = [0x6c00, 0x8c00] as const;
const nobody: LinkUser = { onFrame: () => undefined, onSent: () => undefined, onEvent: () => undefined };
const recorded = 40_000;

export const threadLink: readonly Figure[] = [
  {
    name: 'thread.link.send',
    work: 'CPU per secured 100 B frame, request to PSDU',
    unit: 'µs',
    measure: () => {
      const { link, served } = linkOf(ours, ourShort);
      return { measured: cpuTime('µs', () => void sendOne(link, served)) };
    },
  },
  {
    name: 'thread.link.receive',
    work: 'CPU per secured 100 B frame, PSDU to payload',
    unit: 'µs',
    measure: () => {
      const sender = linkOf(ours, ourShort);
      const psdus = Array.from({ length: recorded }, () => sendOne(sender.link, sender.served));
      const { link, delivered } = linkOf(theirs, theirShort);
      let at = recorded;
      const measured = cpuTime('µs', () => {
        if (at === recorded) at = meetAnew(link);
        const psdu = psdus[at++]!;
        link.handle({ kind: 'received', frame: { psdu, channel: 15, rssi: -40, at: 0 } }, 0);
      });
      return { measured: { ...measured, note: `${delivered() > recorded ? 'all' : 'not all'} authentic` } };
    },
  },
  {
    name: 'thread.counter-writes',
    work: 'durable writes per 1,000 secured frames; OpenThread: 1',
    unit: 'times',
    atMost: 1,
    measure: () => {
      const { link, served } = linkOf(ours, ourShort);
      const before = served.writes();
      for (let frame = 0; frame < 100_000; frame++) sendOne(link, served);
      return { measured: { value: (served.writes() - before) / 100, n: 100_000 } };
    },
  },
];

function linkOf(
  extended: Uint8Array,
  short: number,
): { readonly link: Link; readonly served: ServedKeys; readonly delivered: () => number } {
  const served = servedKeys();
  const { keys } = served;
  const link = new Link({
    core: nativeCore,
    entropy: systemEntropy,
    keys,
    radio: instantRadio,
    extended,
    user: nobody,
  });
  link.setPanId(0xface);
  link.setShort(short);
  link.setChannel(15);
  while (link.poll(0) !== undefined) continue;
  return { link, served, delivered: () => link.counters.delivered };
}

/** Another sender, as far as the receiver knows: its counters begin anew. */
function meetAnew(link: Link): number {
  link.neighbours.remove(ours);
  link.neighbours.enter(ours, { short: ourShort });
  return 0;
}

/** Sends one frame as the link's user and its radio do, and gives the PSDU. */
function sendOne(link: Link, served: ServedKeys): Uint8Array {
  const destination = { kind: 'short', short: theirShort } as const;
  link.send({ destination, source: 'short', protection: { kind: 'network' }, payload }, 0);
  let psdu: Uint8Array | undefined;
  for (let output: LinkOutput | undefined = link.poll(0); output !== undefined; output = link.poll(0)) {
    if (output.kind !== 'transmit') continue;
    ({ psdu } = output.transmission);
    link.handle({ kind: 'transmitted', id: output.transmission.id, outcome: 'sent', at: 0 }, 0);
  }
  served.serve();
  return psdu!;
}
