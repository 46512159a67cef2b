/** Texts of CBOR: UTF-8, with a quick way for the short ASCII texts that names and identifiers are. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Texts above this many bytes are left to the platform's decoder, which is quicker for them. */
const longestByHand = 64;

/** The text of the bytes from `start` to `end`; undefined where they are not UTF-8. */
export function readText(bytes: Uint8Array, start: number, end: number): string | undefined {
  return (end - start <= longestByHand ? readAscii(bytes, start, end) : undefined) ?? readUtf8(bytes, start, end);
}

/**
 * Like {@link readText}, for the key of a map. The same few names come again and again: a key that was met lately is
 * not made again, only compared.
 */
export function readKeyText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0 || length > longestKnown) return readText(bytes, start, end);
  const first = bytes[start] as number;
  const last = bytes[end - 1] as number;
  const place = (length * 31 + first * 7 + last * 13) & (places - 1);
  const candidate = known[place] as string;
  if (candidate.length === length && isAscii(candidate, bytes, start)) return candidate;
  const text = readText(bytes, start, end);
  if (text?.length === length) known[place] = text;
  return text;
}

/** Keys met lately, each at a place that its length and its ends name. Only keys: no value stays here. */
const places = 512;
const longestKnown = 32;
const known: string[] = Array.from({ length: places }, () => '');

/** Whether the bytes from `start` on are the characters of `text`, a text of as many bytes. */
function isAscii(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[start + i] as number;
    if (byte > 0x7f || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

function readAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function readUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}
