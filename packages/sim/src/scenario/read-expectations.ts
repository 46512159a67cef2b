import { type JoinFailure, joinFailures } from '@selvage/thread';
import { largestSize, usualSize } from './read-events.js';
import type { KnownNodes } from './read-places.js';
import type { Claim, Expectation } from './scenario.js';
import type { YamlField } from './yaml-field.js';

const claims = [
  'one partition',
  'all pairs reachable',
  'role',
  'ping',
  'joined',
  'not joined',
  'no counter reused',
  'memory flat',
] as const;
const fields = ['at', 'within', 'is', 'size', 'pairs', 'because', ...claims] as const;
const roles = ['off', 'joining', 'disabled', 'detached', 'child', 'router', 'leader'] as const;
const reasons = Object.keys(joinFailures) as readonly JoinFailure[];
/** How long a ping may take where nothing is said, milliseconds. */
const usualPatience = 10_000;

/** An entry of `expect`: what holds, and from when on; at the end of the scenario by default. */
export function readExpectation(field: YamlField, nodes: KnownNodes, end: number): Expectation {
  const found = field.fields(fields);
  const given = claims.filter((claim) => found[claim] !== undefined);
  const [claim] = given;
  if (claim === undefined) throw field.problem('nothing is expected here', `say one of ${claims.join(', ')}`);
  if (given.length > 1) throw field.problem(`${given.join(' and ')} are two expectations`, 'write an entry for each');
  const at = found.at?.duration() ?? end;
  const within = found.within?.duration() ?? (claim === 'ping' || claim === 'all pairs reachable' ? usualPatience : 0);
  return { at, within, ...readClaim(claim, found[claim] as YamlField, found, nodes) };
}

function readClaim(
  claim: (typeof claims)[number],
  field: YamlField,
  found: Partial<Record<(typeof fields)[number], YamlField>>,
  nodes: KnownNodes,
): Claim {
  switch (claim) {
    case 'one partition':
      field.flag();
      return { kind: 'onePartition' };
    case 'all pairs reachable':
      field.flag();
      return { kind: 'reachable', pairs: found.pairs?.whole(1, 1_000_000) };
    case 'role': {
      const { is } = found;
      if (is === undefined)
        throw field.problem('which role is not said', `add is: ${roles.join(', ')} or a list of them`);
      const allowed = is.isList ? is.list().map((one) => one.choice(roles)) : [is.choice(roles)];
      return { kind: 'role', node: nodes.read(field), roles: allowed };
    }
    case 'ping': {
      const [from, to] = nodes.readPair(field);
      return { kind: 'ping', from, to, size: found.size?.whole(0, largestSize) ?? usualSize };
    }
    case 'joined':
      return { kind: 'joined', nodes: nodes.readJoiners(field) };
    case 'not joined':
      return { kind: 'notJoined', nodes: nodes.readJoiners(field), because: found.because?.choice(reasons) };
    case 'no counter reused':
      field.flag();
      return { kind: 'counters' };
    case 'memory flat':
      field.flag();
      return { kind: 'memory' };
  }
}
