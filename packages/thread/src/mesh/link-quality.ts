import { infiniteCost, type LinkQuality } from './mesh-routes.js';

/** Link margins above which a link has quality 1, 2 and 3, dB (Thread 1.3 §5.4.2). */
const qualityMargins = [2, 10, 20] as const;
/** By how much a margin must lie above for a quality to rise, dB: a link on the edge does not swing. */
const hysteresis = 2;
const costs = [infiniteCost, 4, 2, 1] as const;

/** The link quality of a margin in dB. */
export function linkQualityOf(margin: number): LinkQuality {
  const [one, two, three] = qualityMargins;
  if (margin > three) return 3;
  if (margin > two) return 2;
  return margin > one ? 1 : 0;
}

/** The link quality of a margin that is measured again. */
export function nextLinkQuality(before: LinkQuality, margin: number): LinkQuality {
  const now = linkQualityOf(margin);
  if (now <= before) return now;
  const surely = linkQualityOf(margin - hysteresis);
  return surely > before ? surely : before;
}

/** What a hop over a link costs, by the worse of its directions (Thread 1.3 §5.4.2). */
export function linkCost(qualityIn: LinkQuality, qualityOut: LinkQuality): number {
  return costs[Math.min(qualityIn, qualityOut)] as number;
}
