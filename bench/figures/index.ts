/** Every figure, in the order of the table. */
import type { Figure } from '../figure.js';
import { ccmFrame } from './ccm-frame.js';

export const figures: readonly Figure[] = [ccmFrame];
