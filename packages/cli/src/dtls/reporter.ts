import { type SelvageError, toHex } from '@selvage/core';
import type { CloseReason, DtlsSession, MessageDescription } from '@selvage/dtls';

/** What the commands tell of a connection as it goes; `peer` is an address. */
export type DtlsEvent =
  | { readonly event: 'listening'; readonly address: string; readonly suites: readonly string[] }
  | { readonly event: 'connecting'; readonly peer: string; readonly suites: readonly string[] }
  | { readonly event: 'warning'; readonly text: string }
  | {
      readonly event: 'message';
      readonly peer: string;
      readonly direction: 'sent' | 'received';
      readonly message: MessageDescription;
    }
  /** Nobody answered a hello yet; it was sent again. */
  | { readonly event: 'waiting'; readonly peer: string }
  | { readonly event: 'doubt'; readonly peer: string; readonly error: SelvageError }
  | {
      readonly event: 'session';
      readonly peer: string;
      readonly session: DtlsSession;
      /** How long the handshake took, where we began it. */
      readonly milliseconds?: number;
    }
  | { readonly event: 'data'; readonly peer: string; readonly data: Uint8Array }
  | { readonly event: 'failed'; readonly peer: string; readonly error: SelvageError }
  | { readonly event: 'closed'; readonly peer: string; readonly reason: CloseReason };

/** Somewhere to tell it. */
export interface Reporter {
  tell(event: DtlsEvent): void;
}

/** Bytes as text where they are printable UTF-8; `undefined` else. */
export function readable(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return /^[^\p{Cc}]*$/u.test(text.replace(/[\t\r\n]/g, '')) ? text : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Bytes as a person reads them: text, or `hex:` and digits, as `--identity` takes them. */
export function shown(bytes: Uint8Array): string {
  return readable(bytes) ?? `hex:${toHex(bytes)}`;
}
