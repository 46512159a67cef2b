import { Secret } from '@selvage/core';
import { FailingEntropy } from '@selvage/core/virtual';
import { Pkcs11KeyHome } from '@selvage/hardware/node';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { keyHomeSuite } from '../../../crypto/test/contract/key-home.js';
import { describeSoftHsm, softTokens } from '../support/softhsm.js';

describeSoftHsm('Pkcs11KeyHome on SoftHSM', (library) => {
  const tokens = softTokens();
  tokens.make('contract', '12345678');
  const options = { modulePath: library, token: 'contract', pin: Secret.text('12345678') };
  const clear = async (home: Pkcs11KeyHome): Promise<Pkcs11KeyHome> => {
    for (const handle of await home.list()) await home.destroy(handle);
    return home;
  };

  keyHomeSuite(
    { describe, it, expect },
    {
      name: 'SoftHSM 2.6',
      create: async () => clear(await Pkcs11KeyHome.open(options)),
      createFailing: async () => {
        await (await clear(await Pkcs11KeyHome.open(options))).close();
        return Pkcs11KeyHome.open({ ...options, entropy: new FailingEntropy() });
      },
      core: nativeCore,
      // The one thing of the contract that this token does not do.
      withoutDerivations: ['hkdf'],
      dispose: (home) => (home as Pkcs11KeyHome).close(),
    },
  );
});
