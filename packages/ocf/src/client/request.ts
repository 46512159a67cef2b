import { type CoapResponse, type Method, type ResponseCode, responseNames } from '@selvage/coap';
import { type CborInput, type CborLimits, type CborValue, type ErrorCode, SelvageError } from '@selvage/core';
import { readResponse } from '../payload/response.js';

/** What is asked of a device. */
export interface OcfRequest {
  readonly method: Method;
  readonly path: string;
  /** The query's arguments, such as `if=oic.if.baseline`. */
  readonly query?: readonly string[] | undefined;
  /** The representation that is sent; `undefined` for none. */
  readonly value?: CborInput;
}

/** What a device answered. */
export interface OcfAnswer {
  readonly code: ResponseCode;
  readonly value: CborValue;
}

/** Reads an answer. @throws SelvageError `unsupported-format`, and as `decodeCbor`. */
export function answerOf(response: Pick<CoapResponse, 'code' | 'options' | 'payload'>, limits?: CborLimits): OcfAnswer {
  return { code: response.code, value: readResponse(response, limits) };
}

/** Whether a code says that the request was carried out. */
export function isSuccess(code: ResponseCode): boolean {
  return code.startsWith('2.');
}

/** The request in words, such as `POST /oic/sec/doxm`. */
export function requestText({ method, path, query = [] }: OcfRequest): string {
  return `${method} ${path}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** A response code in words, such as `4.01 Unauthorized`. */
export function codeWords(code: ResponseCode): string {
  return `${code} ${responseNames[code] ?? ''}`.trimEnd();
}

/** Which error an answer is: `access-refused` for 4.01 and 4.03, another for the rest. */
export function refusalCode(code: ResponseCode, otherwise: ErrorCode): ErrorCode {
  return code === '4.01' || code === '4.03' ? 'access-refused' : otherwise;
}

/**
 * An answer that says that the request was carried out.
 * @throws SelvageError `access-refused` for 4.01 and 4.03, `request-refused` for every other failure.
 */
export function requireSuccess(request: OcfRequest, answer: OcfAnswer): OcfAnswer {
  if (isSuccess(answer.code)) return answer;
  const code = refusalCode(answer.code, 'request-refused');
  throw new SelvageError(code, `the device answers ${requestText(request)} with ${codeWords(answer.code)}`, {
    details: { request: requestText(request), response: answer.code },
    ...(code === 'access-refused' && {
      remedy: 'have the owner of the device grant you access to the resource, by your UUID or a role',
    }),
  });
}
