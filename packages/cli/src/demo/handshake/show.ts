/** Who takes part. */
export type Party = 'joiner' | 'commissioner' | 'attacker';

/** A message of the handshake on its way, decoded. */
export interface MessageShown {
  readonly event: 'message';
  readonly from: Party;
  readonly to: Party;
  /** Since the handshake began. */
  readonly milliseconds: number;
  readonly name: string;
  /** Bytes of the message. */
  readonly length: number;
  readonly isProtected: boolean;
  readonly isRepeated: boolean;
  /** What is in it. */
  readonly fields: readonly (readonly [label: string, text: string])[];
}

/** What the show tells, one after the other; a screen draws it, `--json` prints it as it is. */
export type ShowEvent =
  | { readonly event: 'title'; readonly text: string; readonly lines: readonly string[] }
  | { readonly event: 'scene'; readonly title: string; readonly text: string }
  | { readonly event: 'lanes'; readonly left: Party; readonly right: Party; readonly addresses: readonly string[] }
  | MessageShown
  | {
      readonly event: 'data';
      readonly from: Party;
      readonly to: Party;
      readonly milliseconds: number;
      readonly text: string;
      /** Bytes of the datagram that carries it. */
      readonly sealedLength: number;
    }
  /** One record as the eavesdropper sees it. */
  | {
      readonly event: 'overheard';
      readonly from: Party;
      readonly length: number;
      readonly inTheClear: boolean;
      readonly sees: string;
    }
  | { readonly event: 'fact'; readonly label: string; readonly text: string }
  | {
      readonly event: 'says';
      readonly who: Party;
      readonly code: string;
      readonly message: string;
      readonly remedy: string | undefined;
    }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'command'; readonly text: string }
  | { readonly event: 'quote'; readonly text: string }
  | { readonly event: 'expectation'; readonly what: string; readonly observed: boolean }
  | { readonly event: 'end'; readonly ok: boolean; readonly observed: number; readonly missed: readonly string[] };

/** Somewhere to show it. */
export interface Show {
  tell(event: ShowEvent): void;
}
