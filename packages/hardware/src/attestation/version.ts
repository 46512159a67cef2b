import { SelvageError } from '@selvage/core';

const form = /^(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,5}))?(?:\+(\d{1,10}))?$/;

/** A version as images have them, `major.minor.revision+build`: what is left out is 0. `undefined` for other texts. */
export function versionNumbers(text: string): readonly number[] | undefined {
  return form
    .exec(text)
    ?.slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
}

/** Whether a version is another or a later one. @throws SelvageError `invalid-argument` where `minimum` is none */
export function isAtLeast(version: string, minimum: string): boolean {
  const least = versionNumbers(minimum);
  if (least === undefined) throw new SelvageError('invalid-argument', `${minimum} is no version`);
  const numbers = versionNumbers(version);
  if (numbers === undefined) return false;
  const at = least.findIndex((part, index) => part !== numbers[index]);
  return at < 0 || (numbers[at] as number) > (least[at] as number);
}
