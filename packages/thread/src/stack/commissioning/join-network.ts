import type { Clock, Entropy } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type CryptoCore, LocalKeyHome } from '@selvage/crypto';
import { generateDataset } from '../../dataset/generate.js';
import type { Entrusted } from '../../meshcop/joiner/entrusted.js';
import type { JoinerOptions } from '../../meshcop/joiner/joiner.js';
import type { JoinStep } from '../../meshcop/join-failure.js';
import type { Radio } from '../../radio/radio.js';
import { openThreadNode } from '../open-thread-node.js';

export interface JoinNetworkOptions extends Omit<JoinerOptions, 'core' | 'entropy'> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** Is closed at the end. */
  readonly radio: Radio;
  readonly onStep?: (step: JoinStep, network: string | undefined) => void;
  readonly signal?: AbortSignal;
}

/** How long the radio stays on for the answer to JOIN_ENT, milliseconds. */
const goodbye = 60;

/**
 * Joins a Thread network by a passphrase: a device that holds nothing else gets the network's dataset.
 * @throws SelvageError `join-failed` with step and cause, `entropy-failed`
 */
export async function joinNetwork(options: JoinNetworkOptions): Promise<Entrusted> {
  const { core, entropy, clock, radio, onStep, signal } = options;
  // The node has a network of its own, in which it never takes part: nobody hears of it.
  const dataset = generateDataset({ core, entropy });
  const home = new LocalKeyHome({ core, entropy });
  const runner = await openThreadNode({ core, entropy, clock, radio, home, store: new MemoryStore(), dataset });
  try {
    return await new Promise<Entrusted>((resolve, reject) => {
      const stop = (): void => {
        runner.run((node, now) => node.commissioning.stopJoining(now));
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', stop, { once: true });
      runner.onEvent((event) => {
        if (event.kind === 'join-step') onStep?.(event.step, event.network);
        if (event.kind === 'join-failed') reject(event.error);
        if (event.kind !== 'joined') return;
        clock.wakeAt(clock.now() + goodbye, () => resolve(event.entrusted));
      });
      runner.run((node, now) => node.commissioning.join(options, now));
    });
  } finally {
    await runner.stop();
  }
}
