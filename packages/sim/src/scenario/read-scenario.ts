import { readEvent } from './read-events.js';
import { readExpectation } from './read-expectations.js';
import { readNodes } from './read-nodes.js';
import { KnownNodes } from './read-places.js';
import type { Scenario } from './scenario.js';
import { YamlField } from './yaml-field.js';

const fields = ['name', 'seed', 'until', 'air', 'nodes', 'links', 'events', 'expect'] as const;
const airFields = ['range', 'loss', 'channel'] as const;
const [firstChannel, lastChannel] = [11, 26] as const;

/**
 * Reads a scenario.
 * @param name of the file, for whoever has to mend it
 * @throws SelvageError `invalid-argument` that names line and field, and says what to do
 */
export function readScenario(text: string, name: string): Scenario {
  const root = YamlField.parse(text, name);
  const found = root.fields(fields);
  if (found.until === undefined) throw root.problem('it has no end', 'add until: 10m');
  if (found.nodes === undefined) throw root.problem('there are no nodes', 'add nodes: with an entry for each');
  const until = found.until.duration();
  const air = found.air?.fields(airFields);
  const known = new KnownNodes();
  const nodes = found.nodes.list().flatMap((entry) => readNodes(entry, known));
  const events = found.events?.list().map((entry) => readEvent(entry, known)) ?? [];
  const expectations = found.expect?.list().map((entry) => readExpectation(entry, known, until)) ?? [];
  return {
    name: found.name?.text() ?? name,
    seed: found.seed?.text() ?? '1',
    until,
    channel: air?.channel?.whole(firstChannel, lastChannel),
    range: air?.range?.number(0, 1_000_000),
    loss: air?.loss?.number(0, 1),
    nodes,
    links: found.links?.list().map((pair) => known.readPair(pair)),
    events,
    expectations,
  };
}
