/** The request methods: RFC 7252 §12.1.1, and RFC 8132 for the last three. */
export const methodCodes = {
  GET: 0x01,
  POST: 0x02,
  PUT: 0x03,
  DELETE: 0x04,
  FETCH: 0x05,
  PATCH: 0x06,
  iPATCH: 0x07,
} as const;

/** A request method. */
export type Method = keyof typeof methodCodes;

/** A response code in the RFC's notation, such as `2.05` (RFC 7252 §12.1.2). */
export type ResponseCode = `${2 | 3 | 4 | 5}.${number}`;

/** The names of response codes: RFC 7252 §12.1.2, RFC 7959 §6, RFC 8132 §6, RFC 8516 §7 and RFC 8768 §6. */
export const responseNames: Readonly<Record<ResponseCode, string>> = {
  '2.01': 'Created',
  '2.02': 'Deleted',
  '2.03': 'Valid',
  '2.04': 'Changed',
  '2.05': 'Content',
  '2.31': 'Continue',
  '4.00': 'Bad Request',
  '4.01': 'Unauthorized',
  '4.02': 'Bad Option',
  '4.03': 'Forbidden',
  '4.04': 'Not Found',
  '4.05': 'Method Not Allowed',
  '4.06': 'Not Acceptable',
  '4.08': 'Request Entity Incomplete',
  '4.09': 'Conflict',
  '4.12': 'Precondition Failed',
  '4.13': 'Request Entity Too Large',
  '4.15': 'Unsupported Content-Format',
  '4.22': 'Unprocessable Entity',
  '4.29': 'Too Many Requests',
  '5.00': 'Internal Server Error',
  '5.01': 'Not Implemented',
  '5.02': 'Bad Gateway',
  '5.03': 'Service Unavailable',
  '5.04': 'Gateway Timeout',
  '5.05': 'Proxying Not Supported',
  '5.08': 'Hop Limit Reached',
};

/** The code of an Empty message, 0.00. */
export const emptyCode = 0x00;

const texts = Array.from({ length: 256 }, (_, code) => `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`);
const numbers = new Map(texts.map((text, code) => [text, code]));
const methods = Object.keys(methodCodes) as Method[];

/** A code in the notation `c.dd` of RFC 7252 §5.2. */
export function codeText(code: number): string {
  return texts[code] as string;
}

/** The number of a response code, or undefined for a text that is none, such as `2.32`. */
export function responseCodeNumber(code: ResponseCode): number | undefined {
  return numbers.get(code);
}

/** The method of a request code, or undefined for one that is not registered. */
export function methodOf(code: number): Method | undefined {
  return code === emptyCode ? undefined : methods[code - 1];
}

/** Whether a code is in the class of requests, 0.01 to 0.31, registered or not. */
export function isRequest(code: number): boolean {
  return code < 0x20 && code !== emptyCode;
}

/** Whether a code is in one of the classes of responses, 2 to 5. */
export function isResponse(code: number): boolean {
  return code >= 0x40 && code < 0xc0;
}

/** Whether a code is of a class that RFC 7252 §3 reserves: 1, 6 or 7. */
export function isReserved(code: number): boolean {
  return code >= 0xc0 || (code >= 0x20 && code < 0x40);
}

/** Whether a response code is a success, class 2. */
export function isSuccess(code: number): boolean {
  return code >> 5 === 2;
}
