/** The greatest key sequence. There is none behind it: see `ThreadKeys`. */
export const lastSequence = 0xffff_ffff;
/** Indices go round after as many. */
const indices = 128;

/** The key index that frames of a key sequence carry: 1 to 128 (Thread 1.3 §7.1.5). */
export function keyIndex(sequence: number): number {
  return (sequence & (indices - 1)) + 1;
}

/**
 * The sequence of an index among the one before, this one and the next: the only three that a frame of an honest
 * neighbour has. `undefined` for any other index.
 */
export function nearSequence(index: number, current: number): number | undefined {
  if (index < 1 || index > indices) return undefined;
  switch ((index - keyIndex(current) + indices) % indices) {
    case 0:
      return current;
    case 1:
      return current < lastSequence ? current + 1 : undefined;
    case indices - 1:
      return current > 0 ? current - 1 : undefined;
    default:
      return undefined;
  }
}

/** The least sequence above `current` that has this index; `undefined` where it would be beyond the last. */
export function sequenceAhead(index: number, current: number): number | undefined {
  if (index < 1 || index > indices) return undefined;
  const ahead = current + ((index - keyIndex(current) + indices) % indices || indices);
  return ahead <= lastSequence ? ahead : undefined;
}
