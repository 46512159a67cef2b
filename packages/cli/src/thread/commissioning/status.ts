import { decode, toHex } from '@selvage/core';
import { admitsAnybody, isAdmitted, meshcopTlvs } from '@selvage/thread';
import { addressText, shortAddress } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { asked } from './way-in/asked.js';
import type { WayInOptions } from './way-in/options.js';
import { withAccess } from './way-in/with-access.js';

const nameWidth = 16;

/** `thread commissioner status`: what the leader says of the network's commissioner. */
export function commissionerStatusVerb(surface: Surface, options: WayInOptions): Promise<void> {
  const report = new Report(surface, options.json);
  return withAccess(surface, report, options, async ({ access }) => {
    const told = decode(meshcopTlvs, await asked(access, 'c/cg'));
    const sessionId = meshcopTlvs.first(told, 'commissionerSessionId');
    const locator = meshcopTlvs.first(told, 'borderAgentLocator');
    const steering = meshcopTlvs.first(told, 'steeringData');
    const state = locator === undefined ? 'none' : 'active';
    const borderAgent = locator === undefined ? undefined : addressText(shortAddress(locator));
    const admits = state === 'none' ? 'nobody' : admitted(steering);
    const line = (name: string, text: string): string => `${name.padEnd(nameWidth)}${text}`;
    report.show({
      event: 'commissioner',
      data: { state, sessionId, borderAgent, steeringData: steering && toHex(steering), admits },
      lines: [
        line('commissioner', state),
        ...(sessionId === undefined ? [] : [line(state === 'active' ? 'session' : 'last session', `${sessionId}`)]),
        ...(borderAgent === undefined ? [] : [line('reached through', borderAgent)]),
        line('admits', admits),
      ],
    });
  });
}

/** Steering data is a filter: it tells who may be meant, and names nobody. */
function admitted(steering: Uint8Array | undefined): 'nobody' | 'anybody' | 'some' {
  if (steering === undefined || steering.every((byte) => byte === 0)) return 'nobody';
  const isForAll = isAdmitted(steering, new Uint8Array(8)) && steering.every((byte) => byte === admitsAnybody[0]);
  return isForAll ? 'anybody' : 'some';
}
