import { concat, encode, tryDecode, u32 as partition } from '@selvage/core';
import { datasetTimestamp, type DatasetTimestamp } from '../../dataset/timestamp.js';
import { type AgentState, agentState } from './agent-state.js';

/** What a border agent tells of itself and its network before anybody has proved anything (Thread 1.4 §8.4.1.1). */
export interface AgentText {
  readonly state?: AgentState | undefined;
  readonly networkName?: string | undefined;
  /** 8 bytes. */
  readonly extendedPanId?: Uint8Array | undefined;
  /** Such as `1.4.0`. */
  readonly threadVersion?: string | undefined;
  readonly vendorName?: string | undefined;
  readonly modelName?: string | undefined;
  /** Of the border agent's node, 8 bytes. */
  readonly extendedAddress?: Uint8Array | undefined;
  readonly activeTimestamp?: DatasetTimestamp | undefined;
  readonly partitionId?: number | undefined;
}

/** DNS-SD's service types of a border agent: for those who have the PSKc, and for one who has a one-time passcode. */
export const agentServices = { pskc: '_meshcop._udp.local', oneTime: '_meshcop-e._udp.local' } as const;

/** Of the record itself. */
const version = '1';
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The strings of the TXT record: `key=value` each, of which some values are binary (RFC 6763 §6). */
export function encodeAgentText(agent: AgentText): readonly Uint8Array[] {
  const { networkName, threadVersion, vendorName, modelName, partitionId } = agent;
  const fields: readonly (readonly [string, Uint8Array | undefined])[] = [
    ['rv', text(version)],
    ['vn', vendorName === undefined ? undefined : text(vendorName)],
    ['mn', modelName === undefined ? undefined : text(modelName)],
    ['nn', networkName === undefined ? undefined : text(networkName)],
    ['xp', agent.extendedPanId],
    ['tv', threadVersion === undefined ? undefined : text(threadVersion)],
    ['xa', agent.extendedAddress],
    ['sb', agent.state && encode(agentState, agent.state)],
    ['at', agent.activeTimestamp && encode(datasetTimestamp, agent.activeTimestamp)],
    ['pt', partitionId === undefined ? undefined : encode(partition, partitionId)],
  ];
  return fields.flatMap(([key, value]) => (value === undefined ? [] : [concat(text(`${key}=`), value)]));
}

/** Reads the strings of a TXT record. What is missing, unknown or of another form is left out: anybody can send one. */
export function decodeAgentText(strings: readonly Uint8Array[]): AgentText {
  const fields = new Map<string, Uint8Array>();
  for (const string of strings) {
    const at = string.indexOf(0x3d);
    if (at < 1) continue;
    // Keys have no case, and the first of two counts (RFC 6763 §6.4).
    const key = new TextDecoder().decode(string.subarray(0, at)).toLowerCase();
    if (!fields.has(key)) fields.set(key, string.subarray(at + 1));
  }
  const ofLength = (key: string, length: number): Uint8Array | undefined => {
    const value = fields.get(key);
    return value?.length === length ? value.slice() : undefined;
  };
  const spoken = (key: string): string | undefined => {
    const value = fields.get(key);
    return value && new TextDecoder().decode(value);
  };
  const [state, timestamp, partitionId] = [fields.get('sb'), fields.get('at'), fields.get('pt')];
  return {
    state: state && tryDecode(agentState, state),
    networkName: spoken('nn'),
    extendedPanId: ofLength('xp', 8),
    threadVersion: spoken('tv'),
    vendorName: spoken('vn'),
    modelName: spoken('mn'),
    extendedAddress: ofLength('xa', 8),
    activeTimestamp: timestamp && tryDecode(datasetTimestamp, timestamp),
    partitionId: partitionId && tryDecode(partition, partitionId),
  };
}
