/**
 * A network of a test file's own on the loopback, by another port of the groups: test files run in processes of their own,
 * some at a time, and do not find each other's devices.
 */
export const ownNetwork = `loopback:${32_000 + (process.pid % 16_000)}`;
