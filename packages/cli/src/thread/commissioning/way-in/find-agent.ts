import { SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { agentServices, type AgentText } from '@selvage/thread';
import { parseHostAndPort, resolveAddress } from '../../../dtls/address.js';
import type { Surface } from '../../../terminal/surface.js';
import { type FoundAgent, findAgents } from '../dns-sd/find.js';
import { printable } from '../../../terminal/text.js';
import { chosenSecret } from './agent-secret.js';
import type { WayInOptions } from './options.js';

/** Where OpenThread's border agents listen. */
export const usualAgentPort = 49191;
/** How long a name is looked for, milliseconds. */
const patience = 5000;

/** A border agent's address, and what it tells of itself where multicast DNS was asked. */
export interface Agent {
  readonly address: UdpAddress;
  readonly text: AgentText | undefined;
}

/** The border agent that a person named. @throws SelvageError `address-invalid`, `device-not-found` */
export async function namedAgent(surface: Surface, options: WayInOptions & { readonly at?: string }): Promise<Agent> {
  const { at, name } = options;
  if (at !== undefined) {
    const hasPort = /:\d+$/.test(at) && !/^[^[].*:.*:/.test(at);
    return { address: await resolveAddress(parseHostAndPort(hasPort ? at : withPort(at))), text: undefined };
  }
  const type = chosenSecret(options, surface.env) === 'passcode' ? agentServices.oneTime : agentServices.pskc;
  const isMeant = (agent: FoundAgent): boolean => agent.name === name || agent.text.networkName === name;
  const found = await findAgents(
    { place: options.mdns, type, patience, isEnough: (agents) => agents.some(isMeant) },
    surface.clock,
  );
  const agent = found.find(isMeant);
  if (agent !== undefined) return agent;
  const names = found.map((one) => printable(one.name)).join(', ');
  throw new SelvageError('device-not-found', `no border agent answers to ${JSON.stringify(name)}`, {
    remedy: names === '' ? 'give its address with --at' : `these do: ${names}`,
  });
}

function withPort(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${usualAgentPort}` : `${host}:${usualAgentPort}`;
}
