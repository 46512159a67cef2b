import { Secret } from '@selvage/core';
import { storeSuite } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, portableCore } from '@selvage/crypto';
import { SealedStore } from '@selvage/hardware';
import { describe, expect, it } from 'vitest';
import { VirtualCounter, VirtualSealedFile } from '../support/virtual-sealed-file.js';

for (const core of [nativeCore, portableCore]) {
  storeSuite(
    { describe, it, expect },
    {
      name: `SealedStore, ${core.engine}`,
      create: async () => {
        const [file, counter] = [new VirtualSealedFile(), new VirtualCounter()];
        let opened = 0;
        const open = (): Promise<SealedStore> =>
          SealedStore.open({
            core,
            entropy: new SeededEntropy(opened++),
            file,
            counter,
            key: Secret.of(new Uint8Array(32)),
          });
        const store = await open();
        return { store, reopen: open, dispose: () => store.close() };
      },
    },
  );
}
