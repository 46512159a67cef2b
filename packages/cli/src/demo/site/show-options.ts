import type { CommonOptions } from '../../ocf/options.js';
import type { ShowRadio } from './network/show-radio.js';

/** How the show of a site is played. */
export interface SiteShowOptions extends CommonOptions {
  readonly stay?: boolean;
  /** Where owners and devices keep what they have. */
  readonly state: string;
  /** The air of the site; an ether that nobody is on where neither this nor an interface is given. */
  readonly radio?: ShowRadio;
}
