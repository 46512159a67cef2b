import { FormatError } from '../errors/format-error.js';

let decoder: InstanceType<typeof TextDecoder> | undefined;

/**
 * The text that bytes are in UTF-8, a byte order mark included. The decoder is made when it is first needed: it holds a
 * part of ICU, with which Node takes no start-up snapshot of what has loaded this module.
 * @throws FormatError `invalid-value` for bytes that are not UTF-8
 */
export function strictUtf8(bytes: Uint8Array): string {
  decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new FormatError('invalid-value', 'the text is not UTF-8', { cause });
  }
}
