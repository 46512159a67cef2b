import type { Clock, SelvageError } from '@selvage/core';
import type { Channel } from '../channel/channel.js';
import type { GrantedServices } from './granted-services.js';
import type { Refusals } from './refusals.js';

/** Why firmware has ended. */
export type FirmwareEnd =
  /** By itself: its process is gone. */
  | { readonly kind: 'exited'; readonly code: number | undefined; readonly signal: string | undefined }
  /** It did what was refused again and again. */
  | { readonly kind: 'misconduct'; readonly refused: number }
  /** It did not answer in time: what loops for ever does not. */
  | { readonly kind: 'unresponsive' }
  /** The channel was cut. */
  | { readonly kind: 'cut'; readonly error: SelvageError };

/** What is supervised. */
export interface SupervisionOptions {
  readonly clock: Clock;
  readonly world: {
    readonly exited: Promise<{ readonly code: number | undefined; readonly signal: string | undefined }>;
    kill(): Promise<unknown>;
  };
  readonly channel: Channel;
  readonly services: GrantedServices;
  readonly refusals: Refusals;
  /** How often it is asked whether it is alive, ms. */
  readonly interval?: number | undefined;
}

/** Between two questions of the watchdog, ms. */
const usualInterval = 10_000;

/**
 * Watches firmware that runs, and ends it where it does not behave. Resolves once its process is gone, with why; what
 * becomes of the board then is for whoever has it.
 */
export async function supervise(options: SupervisionOptions): Promise<FirmwareEnd> {
  const { world, channel, refusals, services } = options;
  const watch = new Watchdog(options);
  const exited = world.exited.then(({ code, signal }): FirmwareEnd => ({ kind: 'exited', code, signal }));
  const end = await new Promise<FirmwareEnd>((resolve) => {
    refusals.onImpatience(() => resolve({ kind: 'misconduct', refused: refusals.total }));
    watch.start(() => resolve({ kind: 'unresponsive' }));
    // A process that ends closes its channel first: then it has exited.
    channel.onClose((error) => resolve(error.code === 'port-closed' ? exited : { kind: 'cut', error }));
    void exited.then(resolve);
  });
  watch.stop();
  services.close();
  channel.close();
  await world.kill();
  return end;
}

/** Asks firmware again and again whether it is alive. */
class Watchdog {
  readonly #options: SupervisionOptions;
  #isStopped = false;
  #timer: { cancel(): void } | undefined;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  start(onSilence: () => void): void {
    const { clock, interval = usualInterval, services } = this.#options;
    if (this.#isStopped) return;
    this.#timer = clock.wakeAt(clock.now() + interval, () => {
      void services.isAlive().then((isAlive) => (isAlive ? this.start(onSilence) : onSilence()));
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }
}

/** In words, for the log of a board. */
export function endInWords(end: FirmwareEnd): string {
  switch (end.kind) {
    case 'exited':
      return `it ended with ${end.signal ?? end.code ?? 'no code'}`;
    case 'misconduct':
      return `it was stopped: it went on after ${end.refused} refusals`;
    case 'unresponsive':
      return 'it was stopped: it does not answer';
    case 'cut':
      return `it was stopped: ${end.error.message}`;
  }
}
