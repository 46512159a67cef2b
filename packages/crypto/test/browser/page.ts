import { portableCore } from '@selvage/crypto/portable';
import { engineSuite } from '../contract/index.js';
import { runSuite } from './runner.js';

/** What the page computes; the test waits for it. */
Object.assign(globalThis, {
  selvageTally: runSuite((functions) => {
    engineSuite(functions, portableCore);
  }),
});
