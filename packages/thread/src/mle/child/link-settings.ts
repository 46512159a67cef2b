import { extendedAddress, type MacAddress, shortAddress } from '../../mac/address.js';
import type { NeighbourOptions } from '../../mac/neighbour.js';
import type { PollSetting } from '../../mac/poll-setting.js';
import type { ChildState } from './child-state.js';

/** How the link is to be in a state. */
export interface LinkSettings {
  readonly receiveOn: boolean;
  readonly short: number | undefined;
  readonly polling: PollSetting | undefined;
  /** The only one whose secured frames are taken. */
  readonly neighbour: { readonly extended: Uint8Array; readonly options: NeighbourOptions } | undefined;
  /** Set where its MLE counter is known from elsewhere. */
  readonly mle:
    | { readonly extended: Uint8Array; readonly keySequence: number; readonly nextCounter: number }
    | undefined;
}

/** Between polls while an answer is due, milliseconds. */
const quickPeriod = 100;
const open: LinkSettings = {
  receiveOn: true,
  short: undefined,
  polling: undefined,
  neighbour: undefined,
  mle: undefined,
};

/** The link of a child in each of its states: a sleepy one listens to all only while it looks for parents. */
export function linkSettings(
  state: ChildState,
  { sleepy, pollPeriod }: { readonly sleepy: boolean; readonly pollPeriod: number },
  keys: { readonly keySequence: number },
): LinkSettings {
  switch (state.kind) {
    case 'disabled':
    case 'idle':
      return { ...open, receiveOn: !sleepy };
    case 'parent-request':
      return open;
    case 'child-id-request': {
      const { extended, rloc16, keySequence, linkFrameCounter, mleFrameCounter } = state.candidate;
      const options = { short: rloc16, keySequence, nextFrameCounter: linkFrameCounter };
      return {
        ...open,
        receiveOn: !sleepy,
        polling: sleepy ? polling(extendedAddress(extended), 'extended', quickPeriod) : undefined,
        neighbour: { extended, options },
        mle: { extended, keySequence, nextCounter: mleFrameCounter },
      };
    }
    case 'restoring': {
      const { extended, rloc16, childRloc16 } = state.parent;
      return {
        ...open,
        receiveOn: !sleepy,
        short: childRloc16,
        polling: sleepy ? polling(shortAddress(rloc16), 'short', quickPeriod) : undefined,
        neighbour: { extended, options: { short: rloc16, keySequence: keys.keySequence } },
      };
    }
    case 'child': {
      const { extended, rloc16 } = state.parent;
      return {
        ...open,
        receiveOn: !sleepy,
        short: state.rloc16,
        polling: sleepy ? polling(shortAddress(rloc16), 'short', pollPeriod) : undefined,
        neighbour: { extended, options: { short: rloc16 } },
      };
    }
  }
}

function polling(parent: MacAddress, source: MacAddress['kind'], period: number): PollSetting {
  return { parent, source, period };
}
