import type { LinkOutput } from './link-engine.js';
import type { Radio } from '../radio/radio.js';

/** Has a radio do what a link orders. */
export function obeyLink(radio: Radio, output: LinkOutput): void {
  switch (output.kind) {
    case 'transmit':
      return radio.transmit(output.transmission);
    case 'listen':
      return radio.listen(output.channel);
    case 'sleep':
      return radio.sleep();
    case 'measure':
      return radio.measureEnergy(output.channel, output.milliseconds);
    case 'configure':
      return radio.configure(output.identity);
  }
}
