/** Keys whose home and store answer at once, in this process: what is measured is the engine. */
import { nativeCore } from '@selvage/crypto';
import { ThreadKeys } from '@selvage/thread';

const networkKey = new Uint8Array(16).fill(0x5e);

/** The keys, and how many durable writes they asked for. */
export interface ServedKeys {
  readonly keys: ThreadKeys;
  readonly writes: () => number;
  /** Answers what the keys want. */
  readonly serve: () => void;
}

export function servedKeys(): ServedKeys {
  const derived = derive(sequenceInput(0));
  const keys = new ThreadKeys({
    recordName: 'bench',
    record: { keySequence: 0, macLimit: 0, mleLimit: 0 },
    keys: ThreadKeys.keysFrom(0, derived),
    rotationHours: 672,
    now: 0,
  });
  let writes = 0;
  const serve = (): void => {
    for (let output = keys.poll(0); output !== undefined; output = keys.poll(0)) {
      if (output.kind === 'store') {
        writes++;
        keys.handle({ kind: 'stored', id: output.id }, 0);
      } else if (output.kind === 'derive' && output.derivation.kind === 'hmac-sha256') {
        keys.handle({ kind: 'derived', id: output.id, bytes: derive(output.derivation.input) }, 0);
      }
    }
  };
  serve();
  return { keys, writes: () => writes, serve };
}

function derive(input: Uint8Array): Uint8Array {
  return nativeCore.hmac('sha256', networkKey, input);
}

function sequenceInput(sequence: number): Uint8Array {
  const input = new Uint8Array(10);
  new DataView(input.buffer).setUint32(0, sequence);
  input.set(new TextEncoder().encode('Thread'), 4);
  return input;
}
