import type { Surface } from '../../terminal/surface.js';
import type { NodeOptions } from '../node/with-node.js';
import { attachVerb } from '../node/verbs.js';

/** `thread form`: leads a network at once, and stays. */
export function formVerb(surface: Surface, dataset: string | undefined, options: NodeOptions): Promise<void> {
  return attachVerb(surface, dataset, { ...options, form: true });
}
