import { type Clock, SelvageError } from '@selvage/core';
import { EtherListener, type HeardFrame } from '@selvage/thread/node';
import type { RadioName } from './radio-name.js';

/** A radio that only listens. */
export interface Listening {
  /** For people: `the ether at offset 3`. */
  readonly description: string;
  readonly damaged: number;
  close(): void;
}

/**
 * Hears everything: of the ether all channels where none is given.
 * @throws SelvageError `invalid-argument` for a radio that needs a channel, or of the radio
 */
export async function listenOn(
  name: RadioName,
  channel: number | undefined,
  clock: Clock,
  onFrame: (frame: HeardFrame) => void,
  _onFailed: (reason: SelvageError) => void,
): Promise<Listening> {
  if (name.kind !== 'ether') throw new SelvageError('invalid-argument', 'this radio cannot listen');
  const heard = (frame: HeardFrame): void => {
    if (channel === undefined || frame.channel === channel) onFrame(frame);
  };
  const listener = await EtherListener.join({ portOffset: name.offset }, clock, heard);
  return {
    description: name.offset === 0 ? 'the ether' : `the ether at offset ${name.offset}`,
    get damaged() {
      return listener.damaged;
    },
    close: () => listener.close(),
  };
}
