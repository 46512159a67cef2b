import { InvalidArgumentError, Option } from 'commander';

/** Which radio a command uses. */
export type RadioName =
  /** OpenThread's simulated ether, `PORT_OFFSET` and the number of our node on it: undefined for any that is free. */
  | { readonly kind: 'ether'; readonly offset: number; readonly node: number | undefined }
  /** A radio co-processor that a program is, or is the way to. */
  | { readonly kind: 'spinel'; readonly command: string };

export const radioHelp =
  "ether[:offset[/node]] for OpenThread's simulated ether, or spinel:<command> for a radio co-processor";

/** `--radio`; OpenThread's ether where it is not given. */
export function radioOption(): Option {
  const usual: RadioName = { kind: 'ether', offset: 0, node: undefined };
  return new Option('--radio <radio>', radioHelp).argParser(radioName).default(usual, 'ether');
}

/** OpenThread's ports end with those of this offset. */
const largestOffset = 1600;

/** Reads `ether`, `ether:3`, `ether:3/7`, `spinel:ot-rcp 1`. */
export function radioName(text: string): RadioName {
  const [, offset = '0', node] = /^ether(?::(\d{1,4})(?:\/(\d{1,2}))?)?$/.exec(text) ?? [];
  if (/^ether(:|$)/.test(text)) {
    const isGood = /^ether(?::\d{1,4}(?:\/\d{1,2})?)?$/.test(text) && Number(offset) <= largestOffset;
    const isNode = node === undefined || (Number(node) >= 1 && Number(node) <= 33);
    if (isGood && isNode)
      return { kind: 'ether', offset: Number(offset), node: node === undefined ? undefined : Number(node) };
  }
  const command = /^spinel:(.*\S.*)$/.exec(text)?.[1];
  if (command !== undefined) return { kind: 'spinel', command };
  throw new InvalidArgumentError(`Give ${radioHelp}.`);
}
