import { InvalidArgumentError, Option } from 'commander';
import { SelvageError } from '@selvage/core';

/** Which radio a command uses. */
export type RadioName =
  /** OpenThread's simulated ether, `PORT_OFFSET` and the number of our node on it: undefined for any that is free. */
  | { readonly kind: 'ether'; readonly offset: number; readonly node: number | undefined }
  /** A radio co-processor at a serial device, or one that a program is or is the way to. */
  | { readonly kind: 'spinel'; readonly command: string };

export const radioHelp =
  "ether[:offset[/node]] for OpenThread's simulated ether, or spinel:<command or serial device> for a radio co-processor";

/** OpenThread's ether, as any node that is free. */
export const usualRadio: RadioName = { kind: 'ether', offset: 0, node: undefined };

/** `--radio`; left out where it is not given. */
export function radioOption(): Option {
  return new Option('--radio <radio>', `${radioHelp} (default: that of the site, or ether)`).argParser(radioName);
}

/** OpenThread's ports end with those of this offset. */
const largestOffset = 1600;

/** Reads `ether`, `ether:3`, `ether:3/7`, `spinel:ot-rcp 1`, as commander calls it. */
export function radioName(text: string): RadioName {
  const name = parsed(text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(`Give ${radioHelp}.`);
}

/** The same of what is no option. @throws SelvageError `invalid-argument` */
export function radioNamed(text: string): RadioName {
  const name = parsed(text);
  if (name !== undefined) return name;
  throw new SelvageError('invalid-argument', `${JSON.stringify(text)} names no radio`, { remedy: `give ${radioHelp}` });
}

/** As {@link radioName} reads it. */
export function radioText(name: RadioName): string {
  if (name.kind === 'spinel') return `spinel:${name.command}`;
  return `ether:${name.offset}${name.node === undefined ? '' : `/${name.node}`}`;
}

function parsed(text: string): RadioName | undefined {
  const [, offset = '0', node] = /^ether(?::(\d{1,4})(?:\/(\d{1,2}))?)?$/.exec(text) ?? [];
  if (/^ether(:|$)/.test(text)) {
    const isGood = /^ether(?::\d{1,4}(?:\/\d{1,2})?)?$/.test(text) && Number(offset) <= largestOffset;
    const isNode = node === undefined || (Number(node) >= 1 && Number(node) <= 33);
    if (isGood && isNode)
      return { kind: 'ether', offset: Number(offset), node: node === undefined ? undefined : Number(node) };
  }
  const command = /^spinel:(.*\S.*)$/.exec(text)?.[1];
  return command === undefined ? undefined : { kind: 'spinel', command };
}
