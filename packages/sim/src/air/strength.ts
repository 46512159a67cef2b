/**
 * dBm at the sender's door, and at the edge of the range: 9 dB above what a radio needs. With less there is a wide belt
 * in which partitions hear each other and, by the 10 dB that Thread asks for, may not join.
 */
const [nearest, edge] = [-40, -91] as const;

/**
 * How strong a radio hears another, dBm, at a share of the range from 0 to 1: it falls with the logarithm of the
 * distance, so that link qualities 3, 2 and 1 (Thread 1.3 §4.4.5) end at about 0.4, 0.9 and 1 of the range.
 */
export function strengthAt(share: number): number {
  const least = 0.02;
  const decades = Math.log10(Math.max(share, least) / least) / Math.log10(1 / least);
  return Math.round(nearest + (edge - nearest) * decades);
}
