import { SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { joinerPassphrase } from '@selvage/thread';
import type { JoinSpec } from '../world/device-join.js';
import { nodeKinds } from '../world/node-kind.js';
import { type KnownNodes, readPosition } from './read-places.js';
import type { ScenarioNode } from './scenario.js';
import type { YamlField } from './yaml-field.js';

const joinFields = ['eui', 'passphrase', 'tries'] as const;
const placeFields = ['name', 'kind', 'at', 'starts', 'does', 'poll', 'grid', 'spacing', 'every', 'routes'] as const;
const fields = [...placeFields, ...joinFields] as const;
const beginnings = ['attach', 'lead', 'join', 'nothing'] as const;
const mostInGrid = 1000;
const euiDigits = 16;
/** On labels that say nothing else. */
const usualPassphrase = 'J01NME';

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
  const does = found.does?.choice(beginnings) ?? 'attach';
  const beginning = does === 'join' ? 'attach' : does;
  const pollPeriod = found.poll?.duration();
  if (found.poll !== undefined && kind !== 'sleepy')
    throw found.poll.problem('only sleepy nodes poll', 'add kind: sleepy');
  if (found.routes !== undefined && kind !== 'router')
    throw found.routes.problem('only routers route', 'add kind: router');
  const alwaysRoutes = found.routes?.choice(['always'] as const) && true;
  const shared = { kind, beginning, pollPeriod, ...(alwaysRoutes && { alwaysRoutes }) };
  for (const field of joinFields) {
    if (does !== 'join' && found[field] !== undefined)
      throw found[field].problem(`only who joins has a ${field}`, 'add does: join');
  }
  const joinOf = (one: string, i: number): Pick<ScenarioNode, 'join'> => {
    if (does !== 'join') return {};
    nodes.addJoiner(one);
    return { join: readJoin(found, one, i) };
  };
  if (found.grid === undefined) {
    nodes.add(name, found.name);
    return [{ ...shared, name, position, startsAt, ...joinOf(name, 0) }];
  }
  const { columns, rows } = readGrid(found.grid);
  const spacing = found.spacing?.number(0, 10_000) ?? 0;
  const every = found.every?.duration() ?? 0;
  const { x, y } = position ?? { x: 0, y: 0 };
  const all = Array.from({ length: columns * rows }, (_, i) => {
    const one = `${name}${i + 1}`;
    nodes.add(one, field);
    const place = { x: x + (i % columns) * spacing, y: y + Math.floor(i / columns) * spacing };
    return { ...shared, name: one, position: place, startsAt: startsAt + i * every, ...joinOf(one, i) };
  });
  nodes.addGrid(
    name,
    all.map((one) => one.name),
  );
  return all;
}

/** What stands on a device's label: as it is said, counted up through a grid; of its name where nothing is said. */
function readJoin(
  { eui, passphrase, tries }: Partial<Record<(typeof joinFields)[number], YamlField>>,
  name: string,
  i: number,
): JoinSpec {
  const text = eui?.text() ?? toHex(nativeCore.hash('sha256', new TextEncoder().encode(name))).slice(0, euiDigits);
  if (eui !== undefined && !/^[0-9a-f]{16}$/i.test(text))
    throw eui.problem(`${text} is no EUI-64`, 'write 16 hexadecimal digits, in quotes');
  const counted = BigInt.asUintN(64, BigInt(`0x${text}`) + BigInt(i));
  const eui64 = eui === undefined ? text : counted.toString(16).padStart(euiDigits, '0');
  return {
    eui64,
    passphrase: passphrase === undefined ? usualPassphrase : readPassphrase(passphrase),
    ...(tries !== undefined && { tries: tries.whole(1, 1000) }),
  };
}

/** PSKd. */
export function readPassphrase(field: YamlField): string {
  const text = field.text();
  try {
    joinerPassphrase(text).dispose();
    return text;
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    throw field.problem(error.message, '6 to 32 digits and capital letters without I, O, Q and Z');
  }
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
