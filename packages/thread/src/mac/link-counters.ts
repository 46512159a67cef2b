/** What the link did and refused, since it was made. */
export interface LinkCounters {
  /** PSDUs from the radio. */
  received: number;
  /** Handed up. */
  delivered: number;
  /** Of these, frames to everybody. */
  deliveredToAll: number;
  /** No frame of IEEE 802.15.4, or of a kind that is not for us: beacons that nobody waits for, other commands. */
  malformed: number;
  /** For another network or node. */
  filtered: number;
  /** Secured by a sender that is no neighbour, or with a key that is not there. */
  stranger: number;
  /** Secured in a way that Thread does not use, or unsecured where it must not be. */
  unacceptable: number;
  /** The integrity code is wrong. */
  forged: number;
  /** An old frame counter or key sequence. */
  replayed: number;
  /** Sent again because our acknowledgement was lost. */
  duplicate: number;
  /** Acknowledgements sent. */
  acknowledged: number;
  /** Frames on the air, repetitions included, acknowledgements not. */
  transmitted: number;
  /** Frames whose outcome was `sent`. */
  sent: number;
  /** Of these, frames to everybody. */
  sentToAll: number;
  /** Frames with another outcome. */
  failed: number;
  /** Times that the channel was heard to be busy. */
  busy: number;
  /** Polls of children that were answered with a frame. */
  answeredPolls: number;
  /** Beacons that came while they were waited for. */
  beacons: number;
  /** Beacon Requests that are answered. */
  beaconRequests: number;
}

/** All zero. */
export function linkCounters(): LinkCounters {
  return {
    received: 0,
    delivered: 0,
    deliveredToAll: 0,
    malformed: 0,
    filtered: 0,
    stranger: 0,
    unacceptable: 0,
    forged: 0,
    replayed: 0,
    duplicate: 0,
    acknowledged: 0,
    transmitted: 0,
    sent: 0,
    sentToAll: 0,
    failed: 0,
    busy: 0,
    answeredPolls: 0,
    beacons: 0,
    beaconRequests: 0,
  };
}
