import type { TestFunctions } from '@selvage/core/testing';
import type { CryptoCore } from '@selvage/crypto';
import { aeadSuite } from './aead.js';
import { cipherSuite } from './ciphers.js';
import { countedSuite } from './counted.js';
import { derivationSuite } from './derivation.js';
import { ecjpakeSuite } from './ecjpake.js';
import { tamperingSuite } from './ecjpake-tampering.js';
import { mbedTlsSuite, openThreadSuite } from './ecjpake-vectors.js';
import { ed25519Suite } from './ed25519.js';
import { hashSuite } from './hashes.js';
import { p256Suite } from './p256.js';
import { threadSuite } from './thread.js';

/** All that an engine owes, on any test runner: the same in Node and in a browser. */
export function engineSuite(functions: TestFunctions, core: CryptoCore): void {
  functions.describe(`the ${core.engine} engine`, () => {
    hashSuite(functions, core);
    derivationSuite(functions, core);
    threadSuite(functions, core);
    cipherSuite(functions, core);
    aeadSuite(functions, core);
    countedSuite(functions, core);
    p256Suite(functions, core);
    ed25519Suite(functions, core);
    ecjpakeSuite(functions, core);
    tamperingSuite(functions, core);
    mbedTlsSuite(functions, core);
    openThreadSuite(functions, core);
  });
}
