import type { DeviceFacts } from '../device-facts.js';
import type { ResourceFacts } from '../resource.js';
import type { Served } from './served.js';

/** What a resource knows of its device. */
export interface Surroundings {
  readonly facts: DeviceFacts;
  /** What `/oic/res` may list, in order: the security resources too. */
  readonly resources: readonly ResourceFacts[];
  /** The resource at a path; `undefined` where there is none, and for security resources, which are served elsewhere. */
  served(path: string): Served | undefined;
}
