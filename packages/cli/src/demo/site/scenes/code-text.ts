import { responseNames } from '@selvage/coap';

/** A response code in words, such as `4.01 Unauthorized`. */
export function codeText(code: string): string {
  const names: Readonly<Record<string, string | undefined>> = responseNames;
  return `${code} ${names[code] ?? ''}`.trimEnd();
}
