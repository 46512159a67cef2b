import { SelvageError } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { addressText, type NodeEvent, type NodeRunner, openThreadNode, shortAddress } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { readDataset } from '../dataset/input.js';
import { openRadio } from '../radio/open-radio.js';
import type { RadioName } from '../radio/radio-name.js';

/** What every verb that takes part in a network has. */
export interface NodeOptions {
  readonly radio: RadioName;
  readonly timeout: number;
  readonly sleepy?: boolean;
  readonly json: boolean;
}

/** A child of a network, for as long as a verb works. */
export interface AttachedNode {
  readonly runner: NodeRunner;
  readonly report: Report;
  /** Milliseconds from the first frame to the answer. */
  readonly took: number;
}

/** Seconds after which the parent forgets a guest that did not come back. */
const guestTimeout = 30;
const pollPeriod = 500;

/**
 * Attaches to the network of a dataset as a child with an identity of its own, lets `work` use it, and leaves.
 * @throws SelvageError `timed-out` that names the step that was not done; of the dataset, the radio or the work
 */
export async function withNode(
  surface: Surface,
  dataset: string,
  options: NodeOptions,
  work: (node: AttachedNode) => Promise<void>,
): Promise<void> {
  const { clock, entropy } = surface;
  const report = new Report(surface, options.json);
  const active = await readDataset(surface, dataset);
  const { radio, description } = await openRadio(options.radio, clock);
  report.tell({ event: 'radio', data: { radio: description }, lines: [`radio: ${description}`] });
  const home = new LocalKeyHome({ core: nativeCore, entropy });
  const child = { sleepy: options.sleepy === true, timeout: guestTimeout, pollPeriod };
  const store = new MemoryStore();
  let runner: NodeRunner | undefined;
  try {
    runner = await openThreadNode({ core: nativeCore, entropy, clock, radio, home, store, dataset: active, child });
    const started = clock.now();
    await attach(surface, runner, options, report);
    const took = clock.now() - started;
    const { rloc16 = 0, parent } = runner.node;
    const [short, router] = [
      addressText(shortAddress(rloc16)),
      parent && addressText({ kind: 'extended', extended: parent }),
    ];
    report.tell({
      event: 'attached',
      data: { rloc16: short, parent: router, milliseconds: Math.round(took) },
      lines: [
        `attached to ${active.name ?? 'the network'} as ${short}, child of ${router}, after ${Math.round(took)} ms`,
      ],
    });
    await work({ runner, report, took });
  } finally {
    if (runner === undefined) radio.close();
    else {
      runner.run((node, now) => node.detach(now));
      await runner.stop();
    }
  }
}

function attach(surface: Surface, runner: NodeRunner, { timeout }: NodeOptions, report: Report): Promise<void> {
  const { clock, interrupted } = surface;
  let searches = 0;
  return new Promise((resolve, reject) => {
    const timer = clock.wakeAt(clock.now() + timeout * 1000, () => end(tooLate(searches, timeout)));
    const stop = runner.onEvent((event: NodeEvent) => {
      if (event.kind === 'no-parent') {
        searches = event.failures;
        report.tell({
          event: 'no-parent',
          data: { failures: searches },
          lines: ['no router answered the Parent Requests; searching on'],
        });
      }
      if (event.kind === 'failed') end(new SelvageError('port-failed', `attaching failed: ${event.reason}`));
      if (runner.node.role === 'child') end(undefined);
    });
    const interrupt = (): void => end(new SelvageError('timed-out', 'attaching was interrupted'));
    interrupted.addEventListener('abort', interrupt, { once: true });
    if (interrupted.aborted) interrupt();
    else runner.run((node, now) => node.attach(now));

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
