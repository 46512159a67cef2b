import type { Surface } from '../../../terminal/surface.js';
import type { Expectations } from '../../expectations.js';
import type { Show } from '../show.js';

/** What every scene has: the world, the screen, the list of what must be seen, and the passphrase. */
export interface Stage {
  readonly surface: Surface;
  readonly show: Show;
  readonly expectations: Expectations;
  /** The joiner's, as on its label. */
  readonly passphrase: string;
  /** The attacker's: another one. */
  readonly guess: string;
}
