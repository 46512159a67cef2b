export { captureAir } from './air/air-capture.js';
export { AirDigest } from './air/air-digest.js';
export { NonceWatch, type Reuse } from './air/nonce-watch.js';
export { strengthAt } from './air/strength.js';
export { type NodeKind, nodeKinds } from './world/node-kind.js';
export { World, type WorldEvent, type WorldOptions } from './world/world.js';
export { type Beginning, type NodeSpec, WorldNode } from './world/world-node.js';
