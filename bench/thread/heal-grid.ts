/** Sixteen routers, four by four, each in range of those beside it; the leader is none of the corners. */
const side = 4;

export const healGrid = {
  leader: 6,
  others: Array.from({ length: side * side }, (_, i) => i + 1).filter((number) => number !== 6),
} as const;

/** The numbers of those in range. */
export function neighboursIn(number: number): number[] {
  const [column, row] = [(number - 1) % side, Math.floor((number - 1) / side)];
  const found = [];
  if (column > 0) found.push(number - 1);
  if (column < side - 1) found.push(number + 1);
  if (row > 0) found.push(number - side);
  if (row < side - 1) found.push(number + side);
  return found;
}
