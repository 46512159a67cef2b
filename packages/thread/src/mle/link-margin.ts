const mostMargin = 255;

/** What the Link Margin TLV says: by how many dB a neighbour's frames are above what can be heard at all. */
export function linkMargin(rssi: number | undefined, { sensitivity }: { readonly sensitivity: number }): number {
  return Math.min(mostMargin, Math.max(0, Math.round((rssi ?? sensitivity) - sensitivity)));
}
