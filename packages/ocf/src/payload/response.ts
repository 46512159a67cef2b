import {
  type CoapOption,
  type CoapResponse,
  first,
  option,
  type ResponseCode,
  type ServerResponse,
} from '@selvage/coap';
import { type CborInput, type CborLimits, type CborValue, decodeCbor, encodeCbor, SelvageError } from '@selvage/core';
import { contentVersionOption, ocfContentFormat } from './content.js';

const contentOptions: readonly CoapOption[] = [contentVersionOption];

/** A response; without a value it has no payload, and then says nothing of formats. */
export function ocfResponse(code: ResponseCode, value?: CborInput): ServerResponse {
  return ocfResponseOf(code, value === undefined ? undefined : encodeCbor(value));
}

/** A response whose representation is encoded already. */
export function ocfResponseOf(code: ResponseCode, payload: Uint8Array | undefined, observable = false): ServerResponse {
  if (payload === undefined) return { code };
  return { code, contentFormat: ocfContentFormat, options: contentOptions, payload, observable };
}

/**
 * What a response's payload holds; `undefined` where it has none. A response that does not name its format is taken to
 * be in OCF's.
 * @throws SelvageError `unsupported-format` for another format; and as `decodeCbor`
 */
export function readResponse(
  { options, payload }: Pick<CoapResponse, 'options' | 'payload'>,
  limits?: CborLimits,
): CborValue {
  if (payload.length === 0) return undefined;
  const format = first(options, option.contentFormat);
  if (format !== undefined && format !== ocfContentFormat) {
    throw new SelvageError('unsupported-format', `the response is in content format ${format}`);
  }
  return decodeCbor(payload, limits);
}
