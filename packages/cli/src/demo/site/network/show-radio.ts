import { InvalidArgumentError } from 'commander';

/** By which radio the site is on the air, if it is. */
export type ShowRadio =
  /** It is on a network of this host. */
  | { readonly kind: 'none' }
  /** On the simulated ether of this offset; on one that nobody is on where it is left out. */
  | { readonly kind: 'ether'; readonly offset: number | undefined }
  /** The border node has a radio co-processor: at a serial device, or a program is one or the way to one. */
  | { readonly kind: 'spinel'; readonly command: string };

export const showRadioHelp =
  'the air of the site: ether[:offset], simulated, one of its own by default; spinel:<command or serial device> for a radio co-processor ' +
  'of the border node; none for a network of this host (as where --interface is given)';

/** OpenThread's ports end with those of this offset. */
const largestOffset = 1600;

/** Reads what `--radio` takes, as commander calls it. */
export function showRadio(text: string): ShowRadio {
  if (text === 'none') return { kind: 'none' };
  const command = /^spinel:(.*\S.*)$/.exec(text)?.[1];
  if (command !== undefined) return { kind: 'spinel', command };
  const [matched, offset] = /^ether(?::(\d{1,4}))?$/.exec(text) ?? [];
  if (matched !== undefined && Number(offset ?? 0) <= largestOffset) {
    return { kind: 'ether', offset: offset === undefined ? undefined : Number(offset) };
  }
  throw new InvalidArgumentError(`Give ether, ether:<offset> from 0 to ${largestOffset}, spinel:<command>, or none.`);
}
