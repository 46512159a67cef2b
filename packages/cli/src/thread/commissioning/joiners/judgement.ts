import { type Command } from 'commander';
import type { JoinerFacts, JoinerVerdict } from '@selvage/thread';
import { printable } from '../../../terminal/text.js';

/** What a joiner has to say of itself in JOIN_FIN to be accepted. */
export interface JudgementOptions {
  readonly vendor?: string;
  readonly model?: string;
  readonly provisioningUrl?: string;
}

export function addJudgement(command: Command): Command {
  return command
    .option('--vendor <name>', 'accept joiners of this vendor only')
    .option('--model <name>', 'accept joiners of this model only')
    .option('--provisioning-url <url>', 'accept joiners only that are set up there, or do not say');
}

/** Accepts a joiner by what it says of itself. */
export function judged({ vendor, model, provisioningUrl }: JudgementOptions, facts: JoinerFacts): JoinerVerdict {
  const { vendorName, vendorModel, provisioningUrl: url } = facts;
  if (vendor !== undefined && vendorName !== vendor) return no('vendor', vendorName, vendor);
  if (model !== undefined && vendorModel !== model) return no('model', vendorModel, model);
  if (provisioningUrl !== undefined && url !== undefined && url !== provisioningUrl) {
    return no('provisioning URL', url, provisioningUrl);
  }
  return { accept: true };
}

function no(what: string, said: string, wanted: string): JoinerVerdict {
  return { accept: false, why: `its ${what} is ${JSON.stringify(printable(said))}, not ${JSON.stringify(wanted)}` };
}
