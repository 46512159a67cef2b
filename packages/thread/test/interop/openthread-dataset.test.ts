import { fromHex, Secret, systemEntropy, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { Dataset, derivePskc, generateDataset, timestampOf, validateDataset } from '@selvage/thread';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OpenThreadNode } from '../support/openthread.js';
import { openThread } from '../support/openthread-suite.js';

let node: OpenThreadNode;

beforeEach(() => {
  node = new OpenThreadNode(1, 10 + (process.pid % 10));
});

afterEach(() => node.close());

const passphrase = 'correct horse battery';

openThread('datasets between ours and OpenThread', () => {
  it('ours, active and pending, are taken by a node and given back byte for byte', async () => {
    const active = generateDataset({ core: nativeCore, entropy: systemEntropy, passphrase: Secret.text(passphrase) });
    await node.run(`dataset set active ${toHex(active.encode())}`);
    expect(await node.value('dataset active -x')).toBe(toHex(active.encode()));
    const pending = active.with({
      panId: 0xbeef,
      channel: { page: 0, channel: 20 },
      activeTimestamp: timestampOf(2),
      pendingTimestamp: timestampOf(2),
      delay: 60_000,
    });
    await node.run(`dataset set pending ${toHex(pending.encode())}`);
    const kept = Dataset.parse(await node.value('dataset pending -x'));
    expect([kept.get('panId'), kept.get('pendingTimestamp')]).toEqual([0xbeef, timestampOf(2)]);
    expect(await node.value('networkname')).toBe(active.name);
  });

  it("a node's is read, found good, described and given back, and its PSKc is the one that we derive", async () => {
    await node.run('dataset init new');
    const dataset = Dataset.parse(await node.value('dataset tlvs'));
    expect(validateDataset(dataset, 'active')).toEqual([]);
    await node.run(`dataset pskc -p ${passphrase.replaceAll(' ', '-')}`);
    const changed = Dataset.parse(await node.value('dataset tlvs'));
    // OpenThread derives from the name and id that the node has, not from those that are being edited.
    const pskc = derivePskc(nativeCore, Secret.text(passphrase.replaceAll(' ', '-')), {
      networkName: new TextEncoder().encode(await node.value('networkname')),
      extendedPanId: fromHex(await node.value('extpanid')),
    });
    expect(toHex(changed.get('pskc')!.reveal())).toBe(toHex(pskc.reveal()));
    await node.run(`dataset set active ${toHex(changed.encode())}`);
    expect(await node.value('dataset active -x')).toBe(toHex(changed.encode()));
  });
});
