import { hostname } from 'node:os';
import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type CommissionerOptions, CommissionerRunner, type MeshcopTlv, type RequestDone } from '@selvage/thread';
import type { Report } from '../../../ca/report.js';
import type { Surface } from '../../../terminal/surface.js';
import type { WayIn } from './with-access.js';

/** By which others hear who is active. */
const nameOf = (): string => `selvage ${hostname().split('.')[0] ?? ''}`.trim();
/** How long what a commissioner says last is given to leave, milliseconds. */
const goodbye = 50;

/**
 * Is the network's commissioner while `work` goes on.
 * @throws SelvageError `join-failed` where it may not be, or is no longer; of the work
 */
export async function withCommissioner<T>(
  surface: Surface,
  report: Report,
  way: WayIn,
  options: Pick<CommissionerOptions, 'judge'>,
  work: (runner: CommissionerRunner) => Promise<T>,
): Promise<T> {
  const { clock, entropy, interrupted } = surface;
  const runner = new CommissionerRunner(
    { core: nativeCore, entropy, name: nameOf(), isNative: way.isNative, ...options },
    clock,
    way.access,
  );
  const lost = new Promise<never>((_, reject) => {
    way.gone.addEventListener('abort', () => reject(way.gone.reason as Error), { once: true });
    runner.onEvent((event) => {
      if (event.kind === 'inactive' && event.error !== undefined) reject(event.error);
    });
  });
  // It is looked at below, unless the work ends first.
  lost.catch(() => undefined);
  try {
    await Promise.race([petitioned(runner, interrupted), lost]);
    const { sessionId } = runner.commissioner;
    report.tell({ event: 'active', data: { sessionId }, lines: [`commissioner of the network, session ${sessionId}`] });
    return await Promise.race([work(runner), lost]);
  } finally {
    if (runner.commissioner.state === 'active' && !way.gone.aborted) {
      runner.run((commissioner) => commissioner.resign());
      await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + goodbye, resolve));
    }
    runner.stop();
  }
}

function petitioned(runner: CommissionerRunner, interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new SelvageError('cancelled', 'the petition was interrupted'));
    interrupted.addEventListener('abort', stop, { once: true });
    runner.onEvent((event) => {
      if (event.kind === 'active') resolve();
    });
    runner.run((commissioner) => commissioner.petition());
  });
}

/**
 * Asks the leader, as the network's commissioner; resolves with its answer.
 * @throws SelvageError `timed-out`, `request-refused` where there is no answer
 */
export function askedLeader(
  runner: CommissionerRunner,
  path: string,
  tlvs: readonly MeshcopTlv[],
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const done: RequestDone = (payload, error) => {
      if (payload !== undefined) resolve(payload);
      else reject(error ?? new SelvageError('request-refused', `the leader does not answer ${path}`));
    };
    runner.run((commissioner) => commissioner.request(path, tlvs, { kind: 'leader' }, done));
  });
}
