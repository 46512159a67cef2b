import { concat, encode } from '@selvage/core';
import { type DiagnosticTlv, diagnosticTlvs } from './diagnostic-tlvs.js';

/** Bytes from which on a message is long enough. */
const longEnough = 800;
/** Bytes of TLVs that a UDP datagram holds beside the CoAP message. */
export const mostAnswerBytes = 1200;

/** The messages that answer a query, each with its number (Thread 1.4): one, unless there is more than 800 bytes. */
export function splitAnswer(queryId: number | undefined, entries: readonly DiagnosticTlv[]): Uint8Array[] {
  const head =
    queryId === undefined ? new Uint8Array(0) : encode(diagnosticTlvs, [{ type: 'queryId', value: queryId }]);
  const parts: Uint8Array[] = [];
  let part = head;
  for (const bytes of fitting(entries)) {
    if (part.length >= longEnough || part.length + bytes.length > mostAnswerBytes) {
      parts.push(part);
      part = head;
    }
    part = concat(part, bytes);
  }
  parts.push(part);
  if (queryId === undefined) return parts;
  return parts.map((bytes, index) => {
    const value = { isLast: index === parts.length - 1, index };
    return concat(bytes, encode(diagnosticTlvs, [{ type: 'answer', value }]));
  });
}

/** As many of the TLVs as one message holds: who wants the others asks by a query. */
export function oneAnswer(entries: readonly DiagnosticTlv[]): Uint8Array {
  let answer: Uint8Array = new Uint8Array(0);
  for (const bytes of fitting(entries)) {
    if (answer.length + bytes.length <= mostAnswerBytes) answer = concat(answer, bytes);
  }
  return answer;
}

function fitting(entries: readonly DiagnosticTlv[]): Uint8Array[] {
  const room = mostAnswerBytes - 16;
  return entries.map((entry) => encode(diagnosticTlvs, [entry])).filter(({ length }) => length <= room);
}
