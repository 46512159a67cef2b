import { SelvageError } from '@selvage/core';
import type { Answer, PeerSessionOf } from '../../device/support/peer.js';
import type { World } from '../../device/support/world.js';

/** What a request comes to: the code of its answer, or that there is none. */
export async function codeOf(world: World, asking: Promise<Answer>): Promise<string> {
  try {
    return (await world.run(asking)).code;
  } catch (error) {
    if (error instanceof SelvageError && silence.includes(error.code)) return 'no answer';
    throw error;
  }
}

const silence: readonly string[] = ['timed-out', 'session-closed'];

/** What comes of opening a session: the alert that refuses it, or `a session`. */
export async function refusalOf(opening: Promise<PeerSessionOf>): Promise<unknown> {
  try {
    (await opening).close();
  } catch (error) {
    if (error instanceof SelvageError) return error.details?.['alert'] ?? error.code;
    throw error;
  }
  return 'a session';
}
