import type { Surface } from '../../../terminal/surface.js';
import { count as counted } from '../../../terminal/text.js';
import { commissioning } from '../way-in/commissioning.js';
import type { SurveyOptions } from './options.js';
import { asking, nodeText, whom } from './whom.js';

/** `thread commissioner announce`. */
export interface AnnounceOptions extends SurveyOptions {
  readonly count: number;
  /** Milliseconds. */
  readonly period: number;
}

/** `thread commissioner announce`: has nodes say on other channels where the network is, so that who was left behind comes. */
export function announceVerb(surface: Surface, node: string, options: AnnounceOptions): Promise<void> {
  return commissioning(surface, options, async (runner, report) => {
    const { channels, count, period } = options;
    const to = await whom(runner, node);
    const rounds = { channels, count, period };
    await asking(surface, to, (done) => runner.run((commissioner) => commissioner.announce(rounds, to.address, done)));
    const seconds = Math.ceil((count * channels.length * period) / 1000);
    const where = `${counted(count, 'time')} on ${counted(channels.length, 'channel')}`;
    report.show({
      event: 'announcing',
      data: { to: nodeText(to.address), channels, count, periodMilliseconds: period, seconds },
      lines: [`${to.text} will say ${where} where the network is, for ${seconds} s`],
    });
  });
}
