import { type Clock, SelvageError, toHex } from '@selvage/core';
import { type CommissionerEvent, type CommissionerRunner, type JoinerEntry, selectorText } from '@selvage/thread';
import { interruption, type Surface } from '../../../terminal/surface.js';
import type { Admission } from './admissions.js';
import type { JoinerBoard } from './joiner-board.js';

export interface LetInOptions {
  /** Seconds. */
  readonly time: number;
  /** How many join by an entry that is for more than one. */
  readonly count: number;
}

/** How long a joiner that was accepted and says no goodbye is waited for: it may ask once more, milliseconds. */
const linger = 3000;

/** One who is waited for. */
interface Awaited {
  readonly entry: JoinerEntry;
  readonly wanted: number;
  readonly joined: Set<string>;
  /** Of these, who has said goodbye. */
  readonly left: Set<string>;
  failure: SelvageError | undefined;
}

/**
 * Lets joiners in, all at once; resolves when all have joined, or the person wants no more. What happens is on the board.
 * Their passphrases are disposed of.
 * @throws SelvageError `timed-out` that names who has not joined; for one alone that failed, why
 */
export async function letIn(
  surface: Surface,
  runner: CommissionerRunner,
  admissions: readonly Admission[],
  board: JoinerBoard,
  { time, count }: LetInOptions,
): Promise<number> {
  const awaited = admissions.map((admission) => admitted(runner, admission, time, count));
  for (const { entry } of awaited) board.waiting(entry);
  let [settle, leave]: (() => void)[] = [];
  const all = new Promise<void>((resolve) => (settle = resolve));
  const allLeft = new Promise<void>((resolve) => (leave = resolve));
  let isTold = false;
  const stop = runner.onEvent((event) => {
    if (event.kind === 'steering' && !isTold && isCurrent(event.steeringData, runner)) {
      isTold = true;
      board.expected();
    }
    if (event.kind === 'joiner') note(event, awaited, board);
    if (!awaited.every(isDone)) return;
    settle?.();
    if (awaited.every(({ joined, left }) => [...joined].every((id) => left.has(id)))) leave?.();
  });
  try {
    const over = passed(surface.clock, time * 1000);
    const lingered = all.then(() => passed(surface.clock, linger));
    await Promise.race([allLeft, lingered, over, interruption(surface)]);
  } finally {
    stop();
    board.end();
  }
  const missing = awaited.filter((one) => !isDone(one));
  if (missing.length > 0 && !surface.interrupted.aborted) throw notAll(missing, time);
  return awaited.reduce((sum, { joined }) => sum + joined.size, 0);
}

function admitted(
  runner: CommissionerRunner,
  { selector, passphrase }: Admission,
  time: number,
  count: number,
): Awaited {
  // It is waited for a little longer than it is told: who has begun may come to its end.
  const entry = runner.run((commissioner, now) => commissioner.admit(selector, passphrase, time * 1000 + linger, now));
  // The commissioner has it, and nobody else needs it here.
  passphrase.dispose();
  return {
    entry,
    wanted: selector.kind === 'eui64' ? 1 : count,
    joined: new Set(),
    left: new Set(),
    failure: undefined,
  };
}

function note(
  { joinerId, entry, progress }: Extract<CommissionerEvent, { kind: 'joiner' }>,
  awaited: readonly Awaited[],
  board: JoinerBoard,
): void {
  const one = awaited.find((candidate) => candidate.entry === entry);
  const id = toHex(joinerId);
  switch (progress.kind) {
    case 'step':
      board.step(joinerId, entry, progress.step);
      if (progress.step !== 'entrust') return;
      one?.joined.add(id);
      return board.letIn(joinerId, entry);
    case 'left':
      one?.left.add(id);
      return;
    case 'finalised':
      return board.finalised(joinerId, entry, progress.facts);
    case 'failed':
      // It is back, and so it never got the key.
      one?.joined.delete(id);
      if (one !== undefined) one.failure = progress.error;
      return board.failed(joinerId, entry, progress.error);
  }
}

/** Whether all who are admitted are among those that the network was told of. */
function isCurrent(steeringData: Uint8Array, { commissioner }: CommissionerRunner): boolean {
  return toHex(steeringData) === toHex(commissioner.steeringData);
}

function isDone({ joined, wanted }: Awaited): boolean {
  return joined.size >= wanted;
}

function passed(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + milliseconds, resolve));
}

function notAll(missing: readonly Awaited[], time: number): SelvageError {
  const [only] = missing;
  if (missing.length === 1 && only?.failure !== undefined) return only.failure;
  const names = missing.map(({ entry, failure }) => {
    const why = failure?.details?.['failure'];
    return `${selectorText(entry.selector)}${why === undefined ? '' : ` (${String(why)})`}`;
  });
  return new SelvageError('timed-out', `within ${time} s did not join: ${names.join(', ')}`, {
    remedy: 'see that each is switched on, begins to join, and is in range of a router of the network',
  });
}
