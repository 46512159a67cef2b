import type { SeenFrame } from '@selvage/thread';
import type { HeardFrame } from '@selvage/thread/node';
import type { Style } from '../../terminal/style.js';

/** A frame that was heard and read. */
export interface Sniffed {
  readonly heard: HeardFrame;
  readonly seen: SeenFrame;
  /** Since listening began. */
  readonly milliseconds: number;
}

const [timeWidth, addressWidth, lengthWidth] = [9, 16, 3] as const;
const titles: Readonly<Record<SeenFrame['type'], string>> = {
  beacon: 'beacon',
  data: '',
  acknowledgement: 'ack',
  command: '',
  other: 'frame of another type',
  malformed: 'malformed:',
};

/** One line: when, on which channel, from whom to whom, how long and what. */
export function frameLine({ heard, seen, milliseconds }: Sniffed, { dim, accent, bad, warning }: Style): string {
  const { type, source = '', destination = '', length, detail } = seen;
  const time = (milliseconds / 1000).toFixed(3).padStart(timeWidth);
  const ends = `${source.padStart(addressWidth)} → ${destination.padEnd(addressWidth)}`;
  const size = `${`${length}`.padStart(lengthWidth)} B`;
  const text = [titles[type], detail].filter((part) => part !== '').join(' ');
  const isSealed = seen.link === 'sealed' || seen.mle?.openness === 'sealed';
  const paint = type === 'malformed' ? bad : isSealed ? warning : type === 'acknowledgement' ? dim : accent;
  return `${dim(`${time}  ${heard.channel}`)}  ${ends}  ${dim(size)}  ${paint(text)}`.trimEnd();
}

/** The same for programs. */
export function frameEvent({ heard, seen, milliseconds }: Sniffed, psdu: string): object {
  const { type, sequenceNumber, panId, source, destination, link, keySequence, mle, detail, length } = seen;
  const command = mle?.message?.command;
  return {
    event: 'frame',
    milliseconds: Math.round(milliseconds * 1000) / 1000,
    channel: heard.channel,
    rssi: heard.rssi,
    ...(heard.node !== undefined && { node: heard.node }),
    type,
    length,
    sequenceNumber,
    ...(panId !== undefined && { panId: panId.toString(16).padStart(4, '0') }),
    source,
    destination,
    security: link,
    ...(keySequence !== undefined && { keySequence }),
    ...(mle !== undefined && {
      mle: { security: mle.openness, command: typeof command === 'object' ? command.unknown : command },
    }),
    detail,
    psdu,
  };
}
