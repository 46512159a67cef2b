import type { Clock, Entropy } from '@selvage/core';

/** Where text goes: a terminal, a pipe or a test. */
export interface Sink {
  write(chunk: string | Uint8Array): void;
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Characters in a line; `undefined` where there is no such limit. */
  readonly columns: number | undefined;
  /** Lines that a page has; `undefined` where there is no such limit. */
  readonly rows?: number | undefined;
}

/** All that a command has of the world around it. `main.ts` gives the process's, a test its own. */
export interface Surface {
  readonly stdin: AsyncIterable<Uint8Array>;
  /** Whether a person is there to answer questions. */
  readonly canAsk: boolean;
  /** Whether the terminal shows and edits what is typed; where it does not, the keys arrive as they are. */
  showTyping(shown: boolean): void;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Aborted when the person wants the command to end (Ctrl-C). */
  readonly interrupted: AbortSignal;
}

/** Resolves when the person wants the command to end; at once when that was before. */
export function interruption({ interrupted }: Surface): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * What work comes to, or undefined where the person wants the command to end before. Unlike a race with
 * {@link interruption} it leaves nothing behind, so that it may be called without end.
 */
export async function unlessInterrupted<T>(
  { interrupted }: Pick<Surface, 'interrupted'>,
  work: Promise<T>,
): Promise<T | undefined> {
  let stop = (): void => undefined;
  const ended = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    if (interrupted.aborted) stop();
    else interrupted.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}
