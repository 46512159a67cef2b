import { Document, isMap, isSeq, visit } from 'yaml';
import { durationText } from './duration.js';
import type { Deed, Expectation, Scenario, ScenarioEvent, ScenarioNode } from './scenario.js';

/** A scenario as the file that {@link readScenario} reads it from: to reduce by hand what a generator made. */
export function writeScenario(scenario: Scenario): string {
  const { name, seed, until, range, loss, channel, nodes, links, events, expectations } = scenario;
  const content = {
    name,
    seed,
    until: durationText(until),
    air: known({ range, loss, channel }),
    nodes: nodes.map(nodeEntry),
    ...(links && { links }),
    events: [...events].sort((a, b) => a.at - b.at).map(eventEntry),
    expect: expectations.map(expectationEntry),
  };
  const document = new Document(content, { aliasDuplicateObjects: false });
  // An entry a line.
  visit(document, {
    Collection(_, node, path) {
      const depth = path.length;
      if ((isMap(node) || isSeq(node)) && depth > rootDepth) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** The document, its map, a pair of it, and the list under that. */
const rootDepth = 3;

function nodeEntry({
  name,
  kind,
  position,
  startsAt,
  beginning,
  pollPeriod,
  alwaysRoutes,
  join,
}: ScenarioNode): object {
  const does = join === undefined ? beginning : 'join';
  return known({
    name,
    kind,
    at: position && [position.x, position.y],
    starts: startsAt > 0 ? durationText(startsAt) : undefined,
    does: does === 'attach' ? undefined : does,
    poll: pollPeriod && durationText(pollPeriod),
    routes: alwaysRoutes && 'always',
    eui: join?.eui64,
    passphrase: join?.passphrase,
    tries: join?.tries,
  });
}

function eventEntry({ at, ...deed }: ScenarioEvent): object {
  return { at: durationText(at), ...deedEntry(deed) };
}

function deedEntry(deed: Deed): object {
  const lasts = 'for' in deed && deed.for !== undefined ? durationText(deed.for) : undefined;
  switch (deed.kind) {
    case 'kill':
      return known({ kill: deed.node, for: lasts });
    case 'powerCut':
      return known({ 'power cut': deed.node, for: lasts });
    case 'restart':
    case 'attach':
    case 'lead':
    case 'detach':
      return { [deed.kind]: deed.node };
    case 'move':
      return { move: deed.node, to: [deed.to.x, deed.to.y] };
    case 'cutLink':
      return { 'cut link': deed.between };
    case 'restoreLink':
      return { 'restore link': deed.between };
    case 'jam':
      return known({ jam: lasts, around: deed.around && [deed.around.x, deed.around.y], radius: deed.radius });
    case 'loss':
      return known({ loss: deed.loss, between: deed.between, for: lasts });
    case 'ping':
      return { ping: [deed.from, deed.to], size: deed.size };
    case 'commission':
      return { commission: deed.node };
    case 'admit':
      return known({ admit: deed.nodes, by: deed.by, passphrase: deed.passphrase, for: lasts });
    case 'reject':
      return { reject: deed.nodes, by: deed.by };
  }
}

function expectationEntry({ at, within, ...claim }: Expectation): object {
  const when = { at: durationText(at), ...(within > 0 && { within: durationText(within) }) };
  switch (claim.kind) {
    case 'onePartition':
      return { ...when, 'one partition': null };
    case 'reachable':
      return known({ ...when, 'all pairs reachable': null, pairs: claim.pairs });
    case 'role':
      return { ...when, role: claim.node, is: claim.roles };
    case 'ping':
      return { ...when, ping: [claim.from, claim.to], size: claim.size };
    case 'joined':
      return { ...when, joined: claim.nodes };
    case 'notJoined':
      return known({ ...when, 'not joined': claim.nodes, because: claim.because });
    case 'counters':
      return { ...when, 'no counter reused': null };
    case 'memory':
      return { ...when, 'memory flat': null };
  }
}

function known(entries: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}
