/** What became of packets at a node's IPv6; drops are told by their reason. */
export interface Ip6Counters {
  /** Datagrams handed to a port, echo requests answered, echo replies and errors handed up. */
  delivered: number;
  sent: number;
  /** No IPv6 packet, a length that is not its own, a source that is no one's. */
  malformed: number;
  /** To an address that is not ours. */
  notOurs: number;
  /** UDP or ICMPv6 with a wrong checksum. */
  wrongChecksum: number;
  /** An extension header, an option or a protocol that is not for us to understand. */
  unsupported: number;
  /** To a UDP port that nobody has open. */
  noPort: number;
  /** Not sent for want of a source address, as before the node is attached. */
  noSource: number;
  /** Errors that were not sent because there were too many. */
  errorsWithheld: number;
}

/** All zero. */
export function ip6Counters(): Ip6Counters {
  return {
    delivered: 0,
    sent: 0,
    malformed: 0,
    notOurs: 0,
    wrongChecksum: 0,
    unsupported: 0,
    noPort: 0,
    noSource: 0,
    errorsWithheld: 0,
  };
}
