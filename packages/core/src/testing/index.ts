/** Reusable suites: the tests of every wire format, and the contract of each platform port. No framework is imported. */
export { type ClockHarness, clockSuite } from './clock-suite.js';
export { type CodecSuiteOptions, type CodecVector, codecSuite } from './codec-suite.js';
export { type DatagramHarness, datagramSuite } from './datagram-suite.js';
export { entropySuite } from './entropy-suite.js';
export type { Expectation, TestFunctions } from './harness.js';
export { mutate, mutateFields } from './mutate.js';
export { outcomeOf, outcomeOfPromise } from './outcome.js';
export { type StoreHarness, storeSuite } from './store-suite.js';
