import { broadcastPan } from './address.js';

/** How this node is addressed. */
export class OwnIdentity {
  panId = broadcastPan;
  short: number | undefined;
  extended: Uint8Array;

  constructor(extended: Uint8Array) {
    this.extended = Uint8Array.from(extended);
  }
}
