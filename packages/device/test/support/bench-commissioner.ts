import { fromHex } from '@selvage/core';
import { type CommissionerEvent, CommissionerRunner, joinerPassphrase, NativeAccess } from '@selvage/thread';
import type { BenchAir } from './bench-air.js';
import { platform } from './memory-board.js';

/** What stands on the label of the only board that is admitted. */
export const label = { eui64: fromHex('18b4300000000001'), passphrase: joinerPassphrase('BENCH0J01NER') };

/** A commissioner in the border node of an air, which lets the labelled board in; what it tells of joiners. */
export async function commissioned({ host }: BenchAir): Promise<{ readonly events: CommissionerEvent[] }> {
  const options = { core: platform.core, entropy: platform.entropy, name: 'bench', isNative: true } as const;
  const runner = new CommissionerRunner(options, platform.clock, new NativeAccess(host.runner));
  const events: CommissionerEvent[] = [];
  await new Promise<void>((resolve) => {
    runner.onEvent((event) => {
      events.push(event);
      if (event.kind === 'active') resolve();
    });
    runner.run((commissioner) => commissioner.petition());
  });
  const { eui64, passphrase } = label;
  runner.run((commissioner, now) => commissioner.admit({ kind: 'eui64', eui64 }, passphrase, 3_600_000, now));
  return { events };
}
