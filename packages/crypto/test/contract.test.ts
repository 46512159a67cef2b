import { nativeCore, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { engineSuite } from './contract/index.js';

engineSuite({ describe, it, expect }, nativeCore);
engineSuite({ describe, it, expect }, portableCore);
