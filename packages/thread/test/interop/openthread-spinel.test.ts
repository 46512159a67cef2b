/** Our node by OpenThread's radio co-processor, on the air with OpenThread's nodes: all of them on one simulated ether. */
import { systemEntropy } from '@selvage/core';
import { systemClock as clock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { type NodeEvent, openThreadNode } from '@selvage/thread';
import { SpinelRadio, startSpinelProcess } from '@selvage/thread/node';
import { describe, expect, it } from 'vitest';
import { coprocessorCommand, otRcp } from '../support/coprocessor.js';
import { hasOpenThread, portBaseOf } from '../support/openthread.js';
import { addressText, became, OpenThreadEther, pingBy, pingFrom } from '../support/openthread-ether.js';

/** Not built by anything here: SELVAGE_OPENTHREAD names the folder of `ot-cli-ftd`, beside which `ncp/ot-rcp` is. */
const live = hasOpenThread && otRcp !== undefined ? describe : describe.skip;
let nextOffset = 40 + (process.pid % 8);

live('our child by an ot-rcp, of an OpenThread leader', () => {
  it.each([
    ['with its receiver on', {}],
    ['asleep', { sleepy: true, pollPeriod: 200 }],
  ] as const)('attaches %s; pings go both ways, 1,200 bytes too', { timeout: 60_000 }, async (_name, child) => {
    const ether = new OpenThreadEther(nextOffset++);
    const { node, dataset } = await ether.leader();
    const wire = startSpinelProcess(coprocessorCommand(9, portBaseOf(ether.portOffset)));
    const radio = await SpinelRadio.open(wire, clock);
    const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
    const store = new MemoryStore();
    const parts = { core: nativeCore, entropy: systemEntropy, clock, radio, home, store, dataset, child };
    const runner = await openThreadNode(parts);
    const events: NodeEvent[] = [];
    runner.onEvent((event) => events.push(event));
    const ours = { runner, store, events };
    runner.run((engine, now) => engine.attach(now));
    await became(ours, () => runner.node.role === 'child');
    for (const size of [8, 1200]) {
      expect(await pingFrom(ours, await node.value('ipaddr mleid'), size)).toBeGreaterThan(0);
      expect(await pingBy(node, addressText(ours, 'mesh-local'), size)).toBe(true);
    }
    expect(radio.counters).toEqual({ damaged: 0, tooLong: 0, malformed: 0, unexpected: 0 });
    await runner.stop();
    await ether.close();
  });
});
