import type { Instant } from '@selvage/core';
import { linkLocalAllNodes } from '../../ip6/address/classes.js';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import { route64Of } from '../../mesh/route64-of.js';
import { linkMargin } from '../link-margin.js';
import type { MleTlvs } from '../mle-tlvs.js';
import { registration } from '../registered-addresses.js';
import type { RouterHost } from '../router/router-host.js';
import type { Standing } from '../standing.js';
import { threadVersion } from '../thread-version.js';
import type { Connectivity } from '../tlv/connectivity.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { ParentMessage } from './parent-message.js';

/** What a parent's messages are made from. */
export interface ParentFacts {
  readonly host: RouterHost;
  readonly standing: Standing;
  readonly connectivity: () => Connectivity;
}

type Message<K extends ParentMessage['kind']> = Extract<ParentMessage, { kind: K }>;

const statusError = 1;

/** Sends a message as TLVs of Thread 1.3 §4.5. */
export function sendParentMessage(message: ParentMessage, facts: ParentFacts, now: Instant): void {
  const { host } = facts;
  switch (message.kind) {
    case 'parent-response':
      return parentResponse(message, facts, now);
    case 'child-id-response':
      return childIdResponse(message, facts, now);
    case 'child-update-response':
      return updateResponse(message, facts, now);
    case 'refusal': {
      const { to, answers } = message;
      const tlvs = { ...self(facts), ...(answers !== undefined && { response: answers }), status: statusError };
      return host.send('childUpdateResponse', tlvs, { address: linkLocalAddress(to) }, now);
    }
    case 'child-update-request': {
      const { challenge, extended } = message.child;
      const tlvRequest = [mleTlvType('timeout'), mleTlvType('addressRegistration')];
      const tlvs = { ...self(facts), tlvRequest, challenge };
      return host.send('childUpdateRequest', tlvs, { address: linkLocalAddress(extended) }, now);
    }
    case 'child-notice': {
      const { extended, mode } = message.child;
      const tlvs = { ...self(facts), networkData: host.networkData(mode.fullNetworkData), ...timestamps(facts) };
      return host.send('childUpdateRequest', tlvs, { address: linkLocalAddress(extended) }, now);
    }
    case 'data-response':
      return dataResponse(message, facts, now);
  }
}

function parentResponse(
  { to, answers, challenge, until }: Message<'parent-response'>,
  facts: ParentFacts,
  now: Instant,
): void {
  const { host, connectivity } = facts;
  const tlvs: MleTlvs = {
    ...self(facts),
    ...counters(facts),
    response: answers,
    challenge,
    linkMargin: linkMargin(to.rssi, host.link),
    connectivity: connectivity(),
    version: threadVersion,
  };
  host.send('parentResponse', tlvs, { address: linkLocalAddress(to.extended), direct: true, until }, now);
}

function childIdResponse(message: Message<'child-id-response'>, facts: ParentFacts, now: Instant): void {
  const { child, wanted, lacksActive, lacksPending } = message;
  const { host, standing } = facts;
  // The mesh-local address needs no confirmation (OpenThread's order and choice).
  const others = child.addresses.slice(1);
  const tlvs: MleTlvs = {
    ...self(facts),
    ...timestamps(facts),
    address16: child.rloc16,
    networkData: host.networkData(child.mode.fullNetworkData),
    ...(wanted.includes(mleTlvType('route64')) && { route64: route64Of(standing.table) }),
    ...(child.supervision > 0 && { supervisionInterval: child.supervision }),
    ...datasets(facts, lacksActive, lacksPending),
    ...(others.length > 0 && { addressRegistration: registration(others, host.contexts) }),
  };
  host.send('childIdResponse', tlvs, { address: linkLocalAddress(child.extended) }, now);
}

function updateResponse(message: Message<'child-update-response'>, facts: ParentFacts, now: Instant): void {
  const { child, answers, echoes } = message;
  const { host } = facts;
  const tlvs: MleTlvs = {
    ...(answers !== undefined && { response: answers }),
    ...self(facts),
    mode: child.mode,
    linkMargin: linkMargin(host.link.neighbours.byExtended(child.extended)?.averageRssi, host.link),
    ...(answers !== undefined && counters(facts)),
    ...(echoes.addresses && { addressRegistration: registration(child.addresses.slice(1), host.contexts) }),
    ...(echoes.timeout && { timeout: child.timeout }),
    ...(echoes.supervision && { supervisionInterval: child.supervision }),
  };
  host.send('childUpdateResponse', tlvs, { address: linkLocalAddress(child.extended) }, now);
}

function dataResponse({ to, ...lacks }: Message<'data-response'>, facts: ParentFacts, now: Instant): void {
  const { host, standing } = facts;
  // What everybody hears names the datasets; who lacks one asks for it.
  const given = to === undefined ? {} : datasets(facts, lacks.lacksActive, lacks.lacksPending);
  const tlvs: MleTlvs = {
    ...self(facts),
    ...timestamps(facts),
    networkData: host.networkData(to?.isWhole ?? true),
    ...given,
    ...(to?.wanted.includes(mleTlvType('route64')) === true && { route64: route64Of(standing.table) }),
  };
  const address = to === undefined ? linkLocalAllNodes : linkLocalAddress(to.extended);
  host.send('dataResponse', tlvs, { address }, now);
}

function self({ standing: { rloc16, leaderData } }: ParentFacts): MleTlvs {
  return { sourceAddress: rloc16, leaderData };
}

function counters({ host }: ParentFacts): MleTlvs {
  return { linkFrameCounter: host.nextMacCounter, mleFrameCounter: host.nextMleCounter };
}

function timestamps({ host }: ParentFacts): MleTlvs {
  const { active, pending } = host.timestamps;
  return {
    ...(active !== undefined && { activeTimestamp: active }),
    ...(pending !== undefined && { pendingTimestamp: pending }),
  };
}

function datasets({ host }: ParentFacts, active: boolean, pending: boolean): MleTlvs {
  const activeDataset = active ? host.dataset('active') : undefined;
  const pendingDataset = pending ? host.dataset('pending') : undefined;
  return { ...(activeDataset && { activeDataset }), ...(pendingDataset && { pendingDataset }) };
}
