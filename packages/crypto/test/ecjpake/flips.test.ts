import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { flipSuite } from '../contract/ecjpake-tampering.js';

for (const core of [nativeCore, portableCore]) {
  describe(`the ${core.engine} engine`, () => {
    flipSuite({ describe, it, expect }, core);
  });
}
