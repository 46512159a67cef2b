/** Who hears whom in a mesh: pairs of node numbers, both ways. */
export type Edge = readonly [number, number];

/** 1–2–3–…–n. */
export function line(nodes: number): Edge[] {
  return Array.from({ length: nodes - 1 }, (_, i) => [i + 1, i + 2] as const);
}

/** A line whose ends hear each other. */
export function ring(nodes: number): Edge[] {
  return [...line(nodes), [nodes, 1]];
}

/** Rows of `columns` nodes, numbered row by row; the last row may be shorter. */
export function grid(nodes: number, columns: number): Edge[] {
  const edges: Edge[] = [];
  for (let node = 1; node <= nodes; node++) {
    if (node % columns !== 0 && node < nodes) edges.push([node, node + 1]);
    if (node + columns <= nodes) edges.push([node, node + columns]);
  }
  return edges;
}

/** Everybody hears everybody. */
export function full(nodes: number): Edge[] {
  const numbers = Array.from({ length: nodes }, (_, i) => i + 1);
  return numbers.flatMap((a) => numbers.filter((b) => b > a).map((b) => [a, b] as const));
}
