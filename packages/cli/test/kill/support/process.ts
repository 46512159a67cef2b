import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeviceSetting, Ending, Hosted, OwnerSetting } from './setting.mjs';

const script = (name: string): string => fileURLToPath(new URL(`${name}.mjs`, import.meta.url));

/** A datagram at which a process is killed. */
export interface Boundary {
  readonly moment: 'before-send' | 'receive';
  readonly number: number;
}

function start(name: string, setting: DeviceSetting | OwnerSetting, boundary?: Boundary): ChildProcess {
  const dieAt = boundary === undefined ? '' : `${boundary.moment}:${boundary.number}`;
  return fork(script(name), [JSON.stringify(setting)], {
    env: { ...process.env, DIE_AT: dieAt },
    execArgv: ['--import', script('die-at')],
  });
}

/** How a process ended: by the kill that it was to end by, or by itself, and whether well. */
export type ProcessEnd = 'killed' | 'done' | 'failed';

const endOf = (child: ChildProcess): Promise<ProcessEnd> =>
  new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve(signal === 'SIGKILL' ? 'killed' : code === 0 ? 'done' : 'failed')),
  );

/** Lights in a process of their own. */
export class Lights {
  readonly hosted: readonly Hosted[];
  /** Resolves when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  /** Hears the PINs that they show. */
  onPin: (index: number, pin: string) => void = () => undefined;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, hosted: readonly Hosted[]) {
    this.#child = child;
    this.hosted = hosted;
    this.ended = endOf(child);
    child.on('message', (message: { kind: string; index: number; pin: string }) => {
      if (message.kind === 'pin') this.onPin(message.index, message.pin);
    });
  }

  static async start(setting: DeviceSetting, boundary?: Boundary): Promise<Lights> {
    const child = start('device', setting, boundary);
    const hosted = await new Promise<readonly Hosted[]>((resolve, reject) => {
      child.once('exit', (code) => reject(new RangeError(`the lights did not start: ${code}`)));
      child.once('message', (message: { hosted: readonly Hosted[] }) => resolve(message.hosted));
    });
    return new Lights(child, hosted);
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/** An owner in a process of its own, which is killed at the boundary. */
export class OwnerProcess {
  readonly ended: Promise<ProcessEnd>;
  /** What it told, where it came back to lights. */
  readonly endings: Promise<readonly Ending[]>;
  readonly #child: ChildProcess;

  constructor(name: 'own' | 'come-back', setting: OwnerSetting, boundary?: Boundary) {
    this.#child = start(name, setting, boundary);
    this.ended = endOf(this.#child);
    this.endings = new Promise((resolve) =>
      this.#child.once('message', (message: { endings: readonly Ending[] }) => {
        resolve(message.endings);
        this.#child.disconnect();
      }),
    );
  }

  /** Tells the PIN that a light shows. */
  tellPin(index: number, pin: string): void {
    if (this.#child.connected) this.#child.send({ index, pin }, () => undefined);
  }
}
