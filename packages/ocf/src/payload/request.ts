import { type CoapOption, type CoapRequest, first, type Method, option } from '@selvage/coap';
import { type CborInput, type CborLimits, type CborValue, decodeCbor, encodeCbor, SelvageError } from '@selvage/core';
import { acceptVersionOption, contentVersionOption, ocfContentFormat, ocfContentFormatVersion } from './content.js';

/** What of a request its negotiation depends on. */
export interface NegotiatedRequest {
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/**
 * Checks that a request can be answered as it wants to be, as the reference does: a client that says nothing, or that
 * reads a later version too, is served.
 * @throws SelvageError `not-acceptable` (4.06) where it accepts another format only, and `unsupported-format` (4.15)
 *   where it reads, or its payload is in, an earlier version, or the payload is in another format
 */
export function checkNegotiation({ options, payload }: NegotiatedRequest): void {
  const accept = first(options, option.accept);
  if (accept !== undefined && accept !== ocfContentFormat) {
    throw new SelvageError('not-acceptable', `the client accepts content format ${accept} only`);
  }
  checkVersion(first(options, option.ocfAcceptContentFormatVersion));
  if (payload.length > 0) checkContent(options);
}

/**
 * What a request's payload holds; `undefined` where it has none.
 * @throws SelvageError as {@link checkNegotiation}; and as `decodeCbor` for what is no CBOR or is beyond its limits (4.00)
 */
export function readPayload(request: NegotiatedRequest, limits?: CborLimits): CborValue {
  checkNegotiation(request);
  return request.payload.length === 0 ? undefined : decodeCbor(request.payload, limits);
}

/** What a client asks for beside method and path. */
export interface OcfRequestParts {
  /** The query's arguments, such as `if=oic.if.baseline`. */
  readonly query?: readonly string[] | undefined;
  /** What is sent; `undefined` for nothing. */
  readonly value?: CborInput;
  /** Whether it is sent until it is acknowledged; true by default. */
  readonly confirmable?: boolean | undefined;
}

const readingOptions = [acceptVersionOption];
const writingOptions = [acceptVersionOption, contentVersionOption];

/** A request as OCF has it: it accepts OCF's format in the one version, and says so of its payload. */
export function ocfRequest(method: Method, path: string, parts: OcfRequestParts = {}): CoapRequest {
  const { query, value, confirmable } = parts;
  return {
    method,
    path,
    accept: ocfContentFormat,
    options: value === undefined ? readingOptions : writingOptions,
    ...(query !== undefined && { query }),
    ...(value !== undefined && { contentFormat: ocfContentFormat, payload: encodeCbor(value) }),
    ...(confirmable !== undefined && { confirmable }),
  };
}

/** The payload must be in OCF's format, in a version that is read here, as far as the request says. */
function checkContent(options: readonly CoapOption[]): void {
  const format = first(options, option.contentFormat);
  if (format !== undefined && format !== ocfContentFormat) {
    throw new SelvageError('unsupported-format', `the payload is in content format ${format}`);
  }
  checkVersion(first(options, option.ocfContentFormatVersion));
}

function checkVersion(version: number | undefined): void {
  if (version === undefined || version >= ocfContentFormatVersion) return;
  throw new SelvageError('unsupported-format', `version ${version} of OCF's format is before 1.0.0`);
}
