/** What follows an IPv6 or extension header (IANA, protocol numbers). */
export const nextHeaders = {
  hopByHop: 0,
  ip6: 41,
  udp: 17,
  routing: 43,
  fragment: 44,
  icmp6: 58,
  none: 59,
  destinationOptions: 60,
  mobility: 135,
} as const;
