export { run } from './run.js';
export type { Sink, Surface } from './terminal/surface.js';
