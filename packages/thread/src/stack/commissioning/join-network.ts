import type { Entrusted } from '../../meshcop/joiner/entrusted.js';
import type { JoinerOptions } from '../../meshcop/joiner/joiner.js';
import type { JoinStep } from '../../meshcop/join-failure.js';
import { openTemporaryNode, type TemporaryNodeOptions } from '../temporary-node.js';

/** What {@link joinNetwork} needs, and whom it tells. */
export interface JoinNetworkOptions extends Omit<JoinerOptions, 'core' | 'entropy'>, TemporaryNodeOptions {
  readonly onStep?: (step: JoinStep, network: string | undefined) => void;
  readonly signal?: AbortSignal;
}

/** How long the radio stays on for the answer to JOIN_ENT, milliseconds. */
const goodbye = 60;

/**
 * Joins a Thread network by a passphrase: a device that holds nothing else gets the network's dataset.
 * @throws SelvageError `join-failed` with step and cause, `entropy-failed`; the signal's reason
 */
export async function joinNetwork(options: JoinNetworkOptions): Promise<Entrusted> {
  const { clock, onStep, signal } = options;
  const runner = await openTemporaryNode(options);
  let stop = (): void => undefined;
  try {
    // While the node was opened nobody listened.
    signal?.throwIfAborted();
    return await new Promise<Entrusted>((resolve, reject) => {
      stop = () => {
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
    signal?.removeEventListener('abort', stop);
    await runner.stop();
  }
}
