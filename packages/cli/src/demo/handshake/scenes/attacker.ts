import { Secret, type SelvageError } from '@selvage/core';
import { withAdvice } from '../../../dtls/advice.js';
import { knows, meet } from '../meeting.js';
import { pskdAlphabet } from '../pskd.js';
import type { Party } from '../show.js';
import { drawn } from './messages.js';
import type { Stage } from './stage.js';

/** What is left is to guess, and to ask the commissioner whether the guess is right. */
export async function attackerScene(stage: Stage): Promise<void> {
  const { surface, show, expectations, passphrase, guess } = stage;
  show.tell({
    event: 'scene',
    title: 'An attacker guesses',
    text: `What is left is to call the commissioner and try. The guess is nearly right: ${guess}. The attacker’s view:`,
  });
  const meeting = await meet(surface, {
    suite: 'TLS_ECJPAKE_WITH_AES_128_CCM_8',
    guest: knows(Secret.text(guess)),
    host: knows(Secret.text(passphrase)),
    ...drawn(stage, 'attacker'),
  });
  const { outcome } = meeting;
  meeting.close();
  if (outcome.kind === 'open') return expectations.observe('the attacker is not let in', false);
  says(stage, 'commissioner', outcome.host);
  says(stage, 'attacker', outcome.guest);
  expectations.observe('the attacker is not let in', true);
  expectations.observe(
    'the commissioner refuses: the attacker’s Finished does not open',
    outcome.host.code === 'bad-record',
  );
  const alert = outcome.guest.details?.['alert'];
  expectations.observe('the attacker learns that this one guess was wrong, and no more', alert === 'bad_record_mac');
  const possible = pskdAlphabet.length ** passphrase.length;
  show.tell({
    event: 'note',
    text: `One call tests one guess, and leaves such a line with the commissioner. There are ${inWords(possible)}
      passphrases of ${passphrase.length} characters.`,
  });
}

function inWords(amount: number): string {
  if (amount > 1e15) return `about 10^${Math.round(Math.log10(amount))}`;
  return amount.toLocaleString('en', { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 2 });
}

function says({ show }: Stage, who: Party, error: SelvageError): void {
  const { code, message, remedy } = withAdvice(error);
  show.tell({ event: 'says', who, code, message, remedy });
}
