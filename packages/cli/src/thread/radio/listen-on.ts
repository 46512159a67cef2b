import { type Clock, SelvageError } from '@selvage/core';
import { EtherListener, type HeardFrame, SpinelRadio, openSpinelWire } from '@selvage/thread/node';
import type { RadioName } from './radio-name.js';

/** A radio that only listens. */
export interface Listening {
  /** For people: `the ether at offset 3`. */
  readonly description: string;
  readonly damaged: number;
  close(): void;
}

/** What listens: of the ether all channels where none is given. */
export interface ListenOptions {
  readonly radio: RadioName;
  readonly channel: number | undefined;
  readonly onFrame: (frame: HeardFrame) => void;
  /** It hears nothing any more. */
  readonly onFailed: (error: SelvageError) => void;
}

/** @throws SelvageError `invalid-argument` for a radio that needs a channel, or of the radio */
export function listenOn(options: ListenOptions, clock: Clock): Promise<Listening> {
  const { radio } = options;
  return radio.kind === 'ether' ? onEther(radio.offset, options, clock) : onSpinel(radio.command, options, clock);
}

async function onEther(offset: number, { channel, onFrame }: ListenOptions, clock: Clock): Promise<Listening> {
  const heard = (frame: HeardFrame): void => {
    if (channel === undefined || frame.channel === channel) onFrame(frame);
  };
  const listener = await EtherListener.join({ portOffset: offset }, clock, heard);
  return {
    description: offset === 0 ? 'the ether' : `the ether at offset ${offset}`,
    get damaged() {
      return listener.damaged;
    },
    close: () => listener.close(),
  };
}

async function onSpinel(command: string, options: ListenOptions, clock: Clock): Promise<Listening> {
  const { channel, onFrame, onFailed } = options;
  if (channel === undefined) {
    throw new SelvageError('invalid-argument', 'a radio co-processor hears one channel', {
      remedy: 'give --channel, 11 to 26',
    });
  }
  const radio = await SpinelRadio.open(openSpinelWire(command), clock, { promiscuous: true });
  radio.onEvent((event) => {
    if (event.kind === 'received') onFrame(event.frame);
    if (event.kind === 'failed') onFailed(new SelvageError('port-failed', `the radio is gone: ${event.reason}`));
  });
  radio.listen(channel);
  return {
    description: `channel ${channel} by ${radio.facts.version.split(';')[0]}`,
    get damaged() {
      return radio.damaged;
    },
    close: () => radio.close(),
  };
}
