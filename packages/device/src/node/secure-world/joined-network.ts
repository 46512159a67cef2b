import { type Clock, type Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type Entrusted, firstChannel, joinerIdOf, joinNetwork, lastChannel, type Radio } from '@selvage/thread';
import type { BoardJoiner } from '../board/joiner-record.js';
import { type BoardNews, jsonError } from '../board/news.js';
import { joinPause } from './join-pause.js';

/** What a board joins with. */
export interface JoiningOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly joiner: BoardJoiner;
  /** Of its firmware. */
  readonly version: string;
  /** A radio for each try, which closes it. */
  readonly radio: () => Promise<Radio>;
  readonly tell: (news: BoardNews) => void;
  /** The power goes. */
  readonly signal: AbortSignal;
}

const channels = Array.from({ length: lastChannel - firstChannel + 1 }, (_, at) => firstChannel + at);
/**
 * Joins the network that expects a board, as often as it takes, ever less often ({@link joinPause}; Thread 1.3 §8.4.4); each step is told,
 * and why a try failed.
 * @throws SelvageError (rejects) as the radio; the signal's reason
 */
export async function joinedNetwork(options: JoiningOptions): Promise<Entrusted> {
  const { clock, tell, signal } = options;
  const since = clock.now();
  for (let tries = 0; ; tries++) {
    try {
      const entrusted = await tried(options);
      tell({ event: 'joined', network: entrusted.dataset.name ?? '', milliseconds: clock.now() - since });
      return entrusted;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SelvageError) || error.code !== 'join-failed') throw error;
      const again = joinPause(error, tries, options.entropy);
      tell({ event: 'not-joined', error: jsonError(error), again });
      await passed(clock, again, signal);
    }
  }
}

async function tried({ joiner, version, radio, tell, ...rest }: JoiningOptions): Promise<Entrusted> {
  const { label, facts } = joiner;
  return joinNetwork({
    ...rest,
    radio: await radio(),
    identity: { joinerId: joinerIdOf(rest.core, label.eui64) },
    passphrase: label.passphrase,
    facts: { ...facts, vendorSoftwareVersion: version },
    channels,
    onStep: (step, network) => tell({ event: 'joining', step, ...(network !== undefined && { network }) }),
  });
}

function passed(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.wakeAt(clock.now() + milliseconds, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
