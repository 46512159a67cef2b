/** A receiver of application data: one session, or several at once. */
export interface Outlet {
  send(chunk: Uint8Array): void;
  /** The most bytes that one `send` takes. */
  readonly maximumData: number;
}

/** Hands on what is read, in pieces that fit a record, until the input ends or `stopped` is aborted. */
export async function forward(input: AsyncIterable<Uint8Array>, outlet: Outlet, stopped: AbortSignal): Promise<void> {
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      if (stopped.aborted) return;
      const end = at + Math.max(outlet.maximumData, 1);
      outlet.send(chunk.subarray(at, end));
      at = end;
    }
  }
}
