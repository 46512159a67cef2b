import { readOptionText } from '../../dtls/files.js';
import type { Surface } from '../../terminal/surface.js';
import { admitAll, type CommissionOptions } from './commission.js';
import { admissionList } from './joiners/admissions.js';

const mostInput = 262_144;

/** `thread admit`: lets all joiners of a list in, at once. */
export async function admitVerb(surface: Surface, list: string, options: CommissionOptions): Promise<void> {
  const text = list === '-' ? await readAll(surface) : readOptionText('<list>', list);
  await admitAll(surface, admissionList(text), options);
}

async function readAll({ stdin }: Surface): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostInput) break;
  }
  return text;
}
