import { givingUpAfter, SelvageError } from '@selvage/core';
import type { NodeEvent, NodeRunner } from '@selvage/thread';
import type { Surface } from '../../terminal/surface.js';

/** How long attaching may take, and who is told meanwhile. */
export interface Attaching {
  /** Seconds. */
  readonly timeout: number;
  /** Told each time that nobody has answered. */
  readonly onSilence?: ((searches: number) => void) | undefined;
  /** Whether it leaves the parent that it has. */
  readonly anew?: boolean;
}

/**
 * Has a node attach; resolves when it has a place.
 * @throws SelvageError (rejects) `timed-out` that names the step that was not done, `port-failed`
 */
export function attached(
  surface: Surface,
  runner: NodeRunner,
  { timeout, onSilence, anew = false }: Attaching,
): Promise<void> {
  const { clock, interrupted } = surface;
  let searches = 0;
  return new Promise((resolve, reject) => {
    const timer = givingUpAfter(clock, timeout * 1000, () => end(tooLate(searches, timeout)));
    const stop = runner.onEvent((event: NodeEvent) => {
      if (event.kind === 'no-parent') onSilence?.((searches = event.failures));
      if (event.kind === 'failed') end(new SelvageError('port-failed', `attaching failed: ${event.reason}`));
      if (runner.node.role === 'child') end(undefined);
    });
    const interrupt = (): void => end(new SelvageError('timed-out', 'attaching was interrupted'));
    interrupted.addEventListener('abort', interrupt, { once: true });
    if (interrupted.aborted) interrupt();
    else runner.run((node, now) => (anew ? node.reattach(now) : node.attach(now)));

    function end(error: SelvageError | undefined): void {
      stop();
      timer.cancel();
      interrupted.removeEventListener('abort', interrupt);
      if (error === undefined) resolve();
      else reject(error);
    }
  });
}

function tooLate(searches: number, seconds: number): SelvageError {
  const step = searches > 0 ? 'Parent Request: no router answered' : 'Parent Request or Child Id Request: not done';
  return new SelvageError('timed-out', `attaching took longer than ${seconds} s at the step ${step}`, {
    remedy:
      'see with thread scan whether a router of the network is in range on the channel of the dataset; a wrong network key looks the same as silence, and thread sniff --keys shows which it is',
  });
}
