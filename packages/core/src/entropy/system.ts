import type { Entropy } from '../ports.js';
import { MonitoredEntropy } from './monitored.js';
import { ReservedEntropy } from './reserved.js';

/** The platform's cryptographic random generator (`crypto.getRandomValues`) under a continuous health test. */
export const systemEntropy: Entropy = new ReservedEntropy(
  new MonitoredEntropy((target) => {
    globalThis.crypto.getRandomValues(target);
  }),
);
