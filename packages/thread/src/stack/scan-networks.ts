import { SelvageError, toHex } from '@selvage/core';
import type { DiscoveredNetwork } from '../mle/discovery/discovery.js';
import { openTemporaryNode, type TemporaryNodeOptions } from './temporary-node.js';

/** What {@link scanNetworks} needs, and whom it tells. */
export interface ScanOptions extends TemporaryNodeOptions {
  /** 11 to 26. */
  readonly channels: readonly number[];
  readonly onChannel?: (channel: number) => void;
  /** Each router once a channel. */
  readonly onFound?: (network: DiscoveredNetwork) => void;
  /** Ends the scan where it is. */
  readonly signal?: AbortSignal;
}

const mostLooks = 2;

/**
 * Looks for networks channel by channel (Thread 1.3 §4.4.4 Discovery); a second time where nobody was heard at all, as
 * nobody repeats an answer that was lost or came late.
 * @throws SelvageError `port-failed` where the radio is gone
 */
export async function scanNetworks(options: ScanOptions): Promise<readonly DiscoveredNetwork[]> {
  const { channels, onChannel, onFound, signal } = options;
  const runner = await openTemporaryNode(options);
  const found = new Map<string, DiscoveredNetwork>();
  let looks = 1;
  const take = (network: DiscoveredNetwork): void => {
    const key = `${network.channel}/${toHex(network.extended)}`;
    if (found.has(key)) return;
    found.set(key, network);
    onFound?.(network);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) return resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
      runner.onEvent((event) => {
        if (event.kind === 'discovering') onChannel?.(event.channel);
        if (event.kind === 'discovered') take(event.network);
        if (event.kind === 'discovery-over') {
          if (found.size > 0 || looks++ === mostLooks || signal?.aborted === true) return resolve();
          queueMicrotask(() => look());
        }
        if (event.kind === 'failed') {
          reject(new SelvageError('port-failed', `the radio is gone while scanning: ${event.reason}`));
        }
      });
      const look = (): void => runner.run((node, now) => node.discover(channels, now));
      look();
    });
  } finally {
    await runner.stop();
  }
  return [...found.values()];
}
