/** What became of the frames that came in; drops are told by their reason. */
export interface LowpanCounters {
  /** Packets handed up. */
  packets: number;
  /** Of these, packets that came in fragments. */
  reassembled: number;
  /** Fragments that came. */
  fragments: number;
  /** Packets for somebody else, handed to whoever forwards. */
  relayed: number;
  /** Neither a compressed packet nor a fragment. */
  unknown: number;
  /** Headers that do not fit their format, or name a context that is not known. */
  malformed: number;
  /** Fragments that repeat what is there. */
  repeated: number;
  /** Datagrams given up because a fragment contradicts another. */
  contradicted: number;
  /** Datagrams given up because the rest did not come in time. */
  expired: number;
  /** Datagrams given up because there was no room for another. */
  evicted: number;
}

/** All zero. */
export function lowpanCounters(): LowpanCounters {
  return {
    packets: 0,
    reassembled: 0,
    fragments: 0,
    relayed: 0,
    unknown: 0,
    malformed: 0,
    repeated: 0,
    contradicted: 0,
    expired: 0,
    evicted: 0,
  };
}
