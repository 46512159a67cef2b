import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { ed25519Suite } from '../contract/ed25519.js';
import { p256Suite } from '../contract/p256.js';

for (const core of [nativeCore, portableCore]) {
  p256Suite({ describe, it, expect }, core);
  ed25519Suite({ describe, it, expect }, core);
}
