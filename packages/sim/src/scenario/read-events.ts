import { readPassphrase } from './read-nodes.js';
import { type KnownNodes, readPosition } from './read-places.js';
import type { Deed, ScenarioEvent } from './scenario.js';
import type { YamlField } from './yaml-field.js';

const verbs = [
  'kill',
  'power cut',
  'restart',
  'attach',
  'lead',
  'detach',
  'move',
  'cut link',
  'restore link',
  'jam',
  'loss',
  'ping',
  'commission',
  'admit',
  'reject',
] as const;
const details = ['at', 'for', 'to', 'between', 'around', 'radius', 'size', 'by', 'passphrase'] as const;
/** What each verb may have beside it. */
const detailsOf: Readonly<Record<(typeof verbs)[number], readonly (typeof details)[number][]>> = {
  kill: ['for'],
  'power cut': ['for'],
  restart: [],
  attach: [],
  lead: [],
  detach: [],
  move: ['to'],
  'cut link': [],
  'restore link': [],
  jam: ['around', 'radius'],
  loss: ['between', 'for'],
  ping: ['size'],
  commission: [],
  admit: ['by', 'passphrase', 'for'],
  reject: ['by'],
};
export const [usualSize, largestSize] = [8, 1232] as const;

type Found = Partial<Record<(typeof verbs)[number] | (typeof details)[number], YamlField>>;

/** An entry of `events`: when, one verb, and what belongs to it. */
export function readEvent(field: YamlField, nodes: KnownNodes): ScenarioEvent {
  const found: Found = field.fields([...details, ...verbs]);
  const given = verbs.filter((verb) => found[verb] !== undefined);
  const [verb] = given;
  if (verb === undefined) throw field.problem('nothing happens here', `say one of ${verbs.join(', ')}`);
  if (given.length > 1) throw field.problem(`${given.join(' and ')} are two events`, 'write an entry for each');
  if (found.at === undefined) throw field.problem('the event has no time', 'add at: 10s');
  for (const detail of details) {
    if (detail === 'at' || found[detail] === undefined || detailsOf[verb].includes(detail)) continue;
    const own = detailsOf[verb];
    throw found[detail].problem(
      `${verb} has no ${detail}`,
      own.length > 0 ? `it has ${own.join(', ')}` : 'leave it away',
    );
  }
  return { at: found.at.duration(), ...deed(verb, found[verb] as YamlField, found, nodes) };
}

function deed(verb: (typeof verbs)[number], field: YamlField, found: Found, nodes: KnownNodes): Deed {
  const duration = found.for?.duration();
  switch (verb) {
    case 'kill':
      return { kind: 'kill', node: nodes.read(field), for: duration };
    case 'power cut':
      return { kind: 'powerCut', node: nodes.read(field), for: duration };
    case 'restart':
    case 'attach':
    case 'lead':
    case 'detach':
      return { kind: verb, node: nodes.read(field) };
    case 'move': {
      if (found.to === undefined) throw field.problem('where to is not said', 'add to: [x, y]');
      return { kind: 'move', node: nodes.read(field), to: readPosition(found.to) };
    }
    case 'cut link':
      return { kind: 'cutLink', between: nodes.readPair(field) };
    case 'restore link':
      return { kind: 'restoreLink', between: nodes.readPair(field) };
    case 'jam': {
      const around = found.around && readPosition(found.around);
      if (found.radius !== undefined && around === undefined)
        throw found.radius.problem('around what?', 'add around: [x, y]');
      const radius = found.radius?.number(0, 1_000_000);
      return { kind: 'jam', for: field.duration(), around, ...(radius !== undefined && { radius }) };
    }
    case 'loss':
      return {
        kind: 'loss',
        loss: field.number(0, 1),
        between: found.between && nodes.readPair(found.between),
        for: duration,
      };
    case 'ping': {
      const [from, to] = nodes.readPair(field);
      return { kind: 'ping', from, to, size: found.size?.whole(0, largestSize) ?? usualSize };
    }
    case 'commission':
      return { kind: 'commission', node: nodes.read(field) };
    case 'admit':
    case 'reject': {
      if (found.by === undefined) throw field.problem('by which commissioner is not said', 'add by: and its node');
      const shared = { nodes: nodes.readJoiners(field), by: nodes.read(found.by) };
      if (verb === 'reject') return { kind: 'reject', ...shared };
      return {
        kind: 'admit',
        ...shared,
        passphrase: found.passphrase && readPassphrase(found.passphrase),
        for: duration,
      };
    }
  }
}
