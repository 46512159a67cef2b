import { SelvageError } from '@selvage/core';
import { splitPath, unescape } from './path.js';

/** The schemes of RFC 7252 §6 and RFC 8323 §8, and their default ports. */
const defaultPorts = { coap: 5683, coaps: 5684, 'coap+tcp': 5683, 'coaps+tcp': 5684 } as const;

/** The scheme of a CoAP URI. */
export type CoapScheme = keyof typeof defaultPorts;

/** A CoAP URI in its parts, RFC 7252 §6.4. */
export interface CoapUri {
  readonly scheme: CoapScheme;
  /** Name or address, lower case, decoded; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Path segments, decoded. */
  readonly segments: readonly string[];
  /** Query arguments, decoded. */
  readonly query: readonly string[];
}

const form = /^([a-z][a-z0-9+.-]*):\/\/(?:\[([^\]]+)\]|([^:/?#[\]@]+))(?::(\d{1,5}))?(\/[^?#]*)?(?:\?([^#]*))?$/i;

/**
 * Reads `coap://127.0.0.1/a/b?x=1` or `coaps://[fe80::1]:5684`; a fragment or user name is refused (RFC 7252 §6.4).
 * @throws SelvageError `address-invalid`.
 */
export function parseCoapUri(text: string): CoapUri {
  const [, scheme = '', v6, name = '', port, path = '', query] = form.exec(text) ?? [];
  const known = scheme.toLowerCase();
  if (!isScheme(known)) throw invalid(text);
  const number = port === undefined ? defaultPorts[known] : Number(port);
  if (number < 1 || number > 65_535) throw invalid(text);
  return {
    scheme: known,
    host: v6 ?? unescape(name).toLowerCase(),
    port: number,
    segments: splitPath(path),
    query: query === undefined ? [] : query.split('&').map(unescape),
  };
}

function isScheme(text: string): text is CoapScheme {
  return Object.hasOwn(defaultPorts, text);
}

function invalid(text: string): SelvageError {
  return new SelvageError('address-invalid', `${text} is no CoAP URI`, {
    remedy: 'Write it as coap://127.0.0.1:5683/path or coaps://[::1]/path.',
  });
}
