import { nodeKinds } from '../world/node-kind.js';
import { type KnownNodes, readPosition } from './read-places.js';
import type { ScenarioNode } from './scenario.js';
import type { YamlField } from './yaml-field.js';

const fields = ['name', 'kind', 'at', 'starts', 'does', 'poll', 'grid', 'spacing', 'every'] as const;
const beginnings = ['attach', 'lead', 'nothing'] as const;
const mostInGrid = 1000;

/**
 * An entry of `nodes`: one node, or with `grid: 5x5` as many of them, `spacing` metres apart from `at` on, called
 * `name`1, `name`2 … row by row; each starts `every` later than the one before.
 */
export function readNodes(field: YamlField, nodes: KnownNodes): ScenarioNode[] {
  const found = field.fields(fields);
  if (found.name === undefined) throw field.problem('the node has no name', 'add name: …');
  const name = found.name.text();
  const kind = found.kind?.choice(nodeKinds) ?? 'router';
  const position = found.at && readPosition(found.at);
  const startsAt = found.starts?.duration() ?? 0;
  const beginning = found.does?.choice(beginnings) ?? 'attach';
  const pollPeriod = found.poll?.duration();
  if (found.poll !== undefined && kind !== 'sleepy')
    throw found.poll.problem('only sleepy nodes poll', 'add kind: sleepy');
  const shared = { kind, beginning, pollPeriod };
  if (found.grid === undefined) {
    nodes.add(name, found.name);
    return [{ ...shared, name, position, startsAt }];
  }
  const { columns, rows } = readGrid(found.grid);
  const spacing = found.spacing?.number(0, 10_000) ?? 0;
  const every = found.every?.duration() ?? 0;
  const { x, y } = position ?? { x: 0, y: 0 };
  return Array.from({ length: columns * rows }, (_, i) => {
    const one = `${name}${i + 1}`;
    nodes.add(one, field);
    const place = { x: x + (i % columns) * spacing, y: y + Math.floor(i / columns) * spacing };
    return { ...shared, name: one, position: place, startsAt: startsAt + i * every };
  });
}

function readGrid(field: YamlField): { readonly columns: number; readonly rows: number } {
  const text = field.text();
  const [, columns, rows] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size = Number(columns) * Number(rows);
  if (columns === undefined || rows === undefined || size < 1 || size > mostInGrid) {
    throw field.problem(`${text} is no grid`, `write columns x rows, such as 5x5, at most ${mostInGrid} nodes`);
  }
  return { columns: Number(columns), rows: Number(rows) };
}
