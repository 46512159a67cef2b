import { encode, fromHex, toHex } from '@selvage/core';
import { type AgentText, agentState, decodeAgentText, encodeAgentText, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';

const words = (text: string): Uint8Array => new TextEncoder().encode(text);

const agent: AgentText = {
  networkName: 'Zuhause',
  extendedPanId: fromHex('dead00beef003d0a'),
  threadVersion: '1.4.0',
  vendorName: 'Selvage',
  modelName: 'border agent',
  extendedAddress: fromHex('aeeb2f594b570bbf'),
  activeTimestamp: timestampOf(7),
  partitionId: 0xfeedbeef,
  state: {
    connectionMode: 'pskc',
    threadInterface: 'active',
    isHighlyAvailable: true,
    isBackboneRouter: true,
    isPrimaryBackboneRouter: true,
    role: 'detached',
    takesPasscodes: false,
  },
};

describe('what a border agent tells of itself by DNS-SD (Thread 1.4 §8.4.1.1)', () => {
  it('has a state bitmap of 32 bits', () => {
    expect(toHex(encode(agentState, agent.state!))).toBe('000001b1');
    const leader = {
      ...agent.state!,
      isBackboneRouter: false,
      isPrimaryBackboneRouter: false,
      role: 'leader',
    } as const;
    expect(toHex(encode(agentState, { ...leader, takesPasscodes: true }))).toBe('00000e31');
  });

  it('is read as it was written, binary values with any byte in them', () => {
    const strings = encodeAgentText(agent);
    expect(strings.map((string) => new TextDecoder().decode(string.subarray(0, 3)))).toEqual([
      'rv=',
      'vn=',
      'mn=',
      'nn=',
      'xp=',
      'tv=',
      'xa=',
      'sb=',
      'at=',
      'pt=',
    ]);
    expect(decodeAgentText(strings)).toEqual(agent);
  });

  it('is told where something is known, and read where it is well formed', () => {
    expect(encodeAgentText({}).map((string) => new TextDecoder().decode(string))).toEqual(['rv=1']);
    const odd = ['nn', '=x', 'XP=12345678', 'xp=other678', 'sb=123', 'at=1', 'pt=12345', 'zz=?', ''].map(words);
    expect(decodeAgentText(odd)).toEqual({ extendedPanId: words('12345678') });
  });
});
