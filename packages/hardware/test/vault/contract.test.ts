import { storeSuite } from '@selvage/core/testing';
import { FailingEntropy } from '@selvage/core/virtual';
import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { keyHomeSuite } from '../../../crypto/test/contract/key-home.js';
import { MemoryVault } from '../support/memory-vault.js';

for (const core of [nativeCore, portableCore]) {
  keyHomeSuite(
    { describe, it, expect },
    {
      name: `a vault in this process, ${core.engine}`,
      create: async () => (await MemoryVault.open(core)).engine.client('ours').keys,
      createFailing: async () => (await MemoryVault.open(core, new FailingEntropy())).engine.client('ours').keys,
      core,
    },
  );
  keyHomeSuite(
    { describe, it, expect },
    {
      name: `a vault over a channel, ${core.engine}`,
      create: async () => (await (await MemoryVault.open(core)).connect('ours')).keys,
      createFailing: async () => (await (await MemoryVault.open(core, new FailingEntropy())).connect('ours')).keys,
      core,
    },
  );
}

storeSuite(
  { describe, it, expect },
  {
    name: 'a part of the sealed store, in this process',
    create: async () => {
      const vault = await MemoryVault.open();
      const reopen = async () => (await vault.reopen(), vault.engine.client('ours').store);
      return { store: vault.engine.client('ours').store, reopen, dispose: () => vault.engine.close() };
    },
  },
);

storeSuite(
  { describe, it, expect },
  {
    name: 'a part of the sealed store, over a channel',
    create: async () => {
      const vault = await MemoryVault.open();
      const reopen = async () => (await vault.reopen(), (await vault.connect('ours')).store);
      return { store: (await vault.connect('ours')).store, reopen, dispose: () => vault.engine.close() };
    },
  },
);
