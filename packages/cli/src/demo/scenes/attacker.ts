import { Secret, type SelvageError } from '@selvage/core';
import { withAdvice } from '../../dtls/advice.js';
import { knows, meet } from '../meeting.js';
import { nearMiss, pskdAlphabet } from '../pskd.js';
import type { Party } from '../show.js';
import { drawn } from './messages.js';
import type { Stage } from './stage.js';

/** So he has to guess, and to ask the commissioner whether he guessed right. */
export async function attackerScene(stage: Stage): Promise<void> {
  const { surface, show, expectations, passphrase } = stage;
  const guess = nearMiss(passphrase);
  show.tell({
    event: 'scene',
    title: 'An attacker guesses',
    text: `So he has to call the commissioner and try. He is nearly right: he guesses ${guess}. His view:`,
  });
  const meeting = await meet(surface, {
    suite: 'TLS_ECJPAKE_WITH_AES_128_CCM_8',
    guest: knows(Secret.text(guess)),
    host: knows(Secret.text(passphrase)),
    ...drawn(stage, 'attacker'),
  });
  const { outcome, milliseconds } = meeting;
  meeting.close();
  if (outcome.kind === 'open') return expectations.observe('the attacker is not let in', false);
  says(stage, 'commissioner', outcome.host);
  says(stage, 'attacker', outcome.guest);
  expectations.observe('the commissioner refuses: his Finished does not open', outcome.host.code === 'bad-record');
  const alert = outcome.guest.details?.['alert'];
  expectations.observe('the attacker learns that this one guess was wrong, and no more', alert === 'bad_record_mac');
  const possible = pskdAlphabet.length ** passphrase.length;
  show.tell({
    event: 'note',
    text: `One call, one guess: ${(milliseconds / 1000).toFixed(1)} s here, each one a line in the commissioner’s log. There are
      ${billions(possible)} passphrases of ${passphrase.length} characters.`,
  });
}

function billions(amount: number): string {
  return amount.toLocaleString('en', { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 2 });
}

function says({ show }: Stage, who: Party, error: SelvageError): void {
  const { code, message, remedy } = withAdvice(error);
  show.tell({ event: 'says', who, code, message, remedy });
}
