import { toHex } from '@selvage/core';
import type { CommissionerEvent } from '@selvage/thread';
import { durationText, type Expectation, type RunNews, type ScenarioEvent } from '@selvage/sim';

/** What is said of a piece of news in a line, and whether it is worth one to a person; undefined where it is not. */
export function newsText(news: RunNews): string | undefined {
  switch (news.kind) {
    case 'event':
      return eventText(news.event);
    case 'ping': {
      const { from, to, roundTrip } = news;
      return `ping ${from} → ${to}: ${roundTrip === undefined ? 'no answer' : `${roundTrip.toFixed(1)} ms`}`;
    }
    case 'outcome': {
      const { expectation, holds, detail } = news.outcome;
      return `${holds ? 'holds' : 'DOES NOT HOLD'}: ${expectationText(expectation)} (${detail})`;
    }
    case 'node':
      return nodeText(news.told);
  }
}

function nodeText({ node, event }: Extract<RunNews, { kind: 'node' }>['told']): string | undefined {
  switch (event.kind) {
    case 'role':
      return `${node.name} is ${event.role}${shortText(event.rloc16)}`;
    case 'failed':
      return `${node.name} failed: ${event.reason}`;
    case 'joined':
      return `${node.name} has the network key of ${event.entrusted.dataset.name ?? 'a network'}`;
    case 'join-failed':
      return `${node.name} did not join: ${event.error.message}`;
    case 'commissioner':
      return commissionerText(node.name, event.event);
    default:
      return undefined;
  }
}

function commissionerText(name: string, event: CommissionerEvent): string | undefined {
  switch (event.kind) {
    case 'active':
      return `${name} is the commissioner`;
    case 'inactive':
      return `${name} is the commissioner no longer${event.error === undefined ? '' : `: ${event.error.message}`}`;
    case 'joiner':
      if (event.progress.kind !== 'failed') return undefined;
      return `${name} did not let ${toHex(event.joinerId)} in: ${event.progress.error.message}`;
    default:
      return undefined;
  }
}

/** Virtual time as it stands before each line: `  1:02:03.4`. */
export function timeText(milliseconds: number): string {
  const [hours, minutes] = [Math.floor(milliseconds / 3_600_000), Math.floor(milliseconds / 60_000) % 60];
  const seconds = ((milliseconds % 60_000) / 1000).toFixed(1).padStart(4, '0');
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`.padStart(11);
}

/** The same for programs. */
export function newsEvent(news: RunNews): object | undefined {
  switch (news.kind) {
    case 'event': {
      const { at, ...deed } = news.event;
      return { event: 'done', at, ...deed };
    }
    case 'ping': {
      const { at, from, to, roundTrip } = news;
      return { event: 'ping', at, from, to, roundTrip: roundTrip ?? null };
    }
    case 'outcome': {
      const { expectation, holds, detail, knownAt } = news.outcome;
      return { event: 'outcome', at: knownAt, holds, detail, expectation };
    }
    case 'node': {
      const { at, node, event } = news.told;
      if (event.kind === 'role') return { event: 'role', at, node: node.name, role: event.role, rloc16: event.rloc16 };
      if (event.kind === 'joined') return { event: 'joined', at, node: node.name };
      if (event.kind === 'join-failed') {
        const { message, details } = event.error;
        return { event: 'join-failed', at, node: node.name, failure: details?.['failure'], reason: message };
      }
      return event.kind === 'failed' ? { event: 'failed', at, node: node.name, reason: event.reason } : undefined;
    }
  }
}

/** The first of them, and how many more there are. */
function someText(names: readonly string[]): string {
  const shown = 4;
  const rest = names.length > shown ? ` and ${names.length - shown} more` : '';
  return `${names.slice(0, shown).join(', ')}${rest}`;
}

function shortText(rloc16: number | undefined): string {
  return rloc16 === undefined ? '' : ` ${rloc16.toString(16).padStart(4, '0')}`;
}

function eventText(event: ScenarioEvent): string {
  const lasts = 'for' in event && event.for !== undefined ? ` for ${durationText(event.for)}` : '';
  switch (event.kind) {
    case 'kill':
      return `${event.node} is switched off${lasts}`;
    case 'powerCut':
      return `${event.node} loses its power${lasts}`;
    case 'restart':
      return `${event.node} is switched on`;
    case 'attach':
    case 'lead':
    case 'detach':
      return `${event.node} is to ${event.kind}`;
    case 'move':
      return `${event.node} moves to ${event.to.x}, ${event.to.y}`;
    case 'cutLink':
      return `${event.between.join(' and ')} hear each other no longer`;
    case 'restoreLink':
      return `${event.between.join(' and ')} hear each other again`;
    case 'jam':
      return `the channel is jammed${lasts}`;
    case 'loss': {
      const where = event.between === undefined ? '' : ` between ${event.between.join(' and ')}`;
      return `${Math.round(event.loss * 100)} % of the frames are lost${where}${lasts}`;
    }
    case 'ping':
      return `${event.from} pings ${event.to}, ${event.size} bytes`;
    case 'commission':
      return `${event.node} is to commission`;
    case 'admit':
      return `${event.by} admits ${someText(event.nodes)}${lasts}`;
    case 'reject':
      return `${event.by} rejects ${someText(event.nodes)} at JOIN_FIN`;
  }
}

/** An expectation in the words of the scenario. */
export function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'onePartition':
      return 'one partition';
    case 'reachable':
      return expectation.pairs === undefined ? 'all pairs reachable' : `${expectation.pairs} pairs reachable`;
    case 'role':
      return `${expectation.node} is ${expectation.roles.join(' or ')}`;
    case 'ping':
      return `${expectation.from} reaches ${expectation.to} within ${durationText(expectation.within)}`;
    case 'joined':
      return `${someText(expectation.nodes)} joined`;
    case 'notJoined': {
      const { nodes, because } = expectation;
      return `${someText(nodes)} not joined${because === undefined ? '' : ` because of ${because}`}`;
    }
    case 'counters':
      return 'no counter reused';
    case 'memory':
      return 'memory flat';
  }
}
