import { type CoapOption, option, type OptionDefinition } from '@selvage/coap';
import type { CapturedOption } from '../captures/support/flows.js';

const definitions = new Map<string, OptionDefinition<unknown>>(
  Object.values(option as Record<string, OptionDefinition<unknown>>).map((one) => [one.name, one]),
);

/** Captured options as a message has them, those of blocks aside. */
export function coapOptions(options: readonly CapturedOption[]): readonly CoapOption[] {
  return options
    .filter(([name]) => !name.startsWith('Block'))
    .map(([name, value]) => definitions.get(name)?.of(value))
    .filter((one) => one !== undefined);
}
