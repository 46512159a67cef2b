import { SelvageError } from '@selvage/core';
import type { Representation } from '../blockwise/representation.js';
import { responseCodeNumber, type ResponseCode } from '../message/code.js';
import { noBytes } from '../message/message.js';
import { checkOption, type CoapOption } from '../message/option-codec.js';
import { option } from '../option/registry.js';

/** How a handler answers. */
export interface ServerResponse {
  readonly code: ResponseCode;
  /** The payload's Content-Format. */
  readonly contentFormat?: number;
  /** Further options, in any order; those of blocks and of observation are added where they belong. */
  readonly options?: readonly CoapOption[];
  /** Of any length: what does not fit one message is served in blocks. */
  readonly payload?: Uint8Array;
  /** Whether a client that asked to observe may: it is then told after `changed(path)`. */
  readonly observable?: boolean;
  /** Asks the client to come again with an Echo, to show that its request is fresh; for 4.01 (RFC 9175 §2.3). */
  readonly challenge?: boolean;
  /** For a request to a group: the response is sent within this time, ms, in place of the endpoint's leisure. */
  readonly leisure?: number;
}

const noOptions: readonly CoapOption[] = [];

/**
 * The response as code, options and payload.
 * @throws SelvageError `invalid-argument` for a code that is none, `invalid-value` or `length-out-of-range` for options that
 *   cannot be written.
 */
export function representationOf(response: ServerResponse): Representation {
  const code = responseCodeNumber(response.code);
  if (code === undefined) throw new SelvageError('invalid-argument', `${response.code} is no response code`);
  const { contentFormat, options = noOptions, payload = noBytes } = response;
  options.forEach(checkOption);
  const format = contentFormat === undefined ? options : [option.contentFormat.of(contentFormat), ...options];
  return { code, options: format, payload };
}
