/** The groups that every OCF device listens to: in IPv6 on the link, in the realm and in the site. */
export const allOcfNodes = { ipv4: '224.0.1.187', ipv6: ['ff02::158', 'ff03::158', 'ff05::158'] } as const;
