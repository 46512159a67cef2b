import { styleFor } from '../../terminal/style.js';
import type { Surface } from '../../terminal/surface.js';
import { calledFromHere } from '../called-from-here.js';
import { Expectations } from '../expectations.js';
import { leaveEvidence } from './evidence.js';
import { JsonShow } from '../json-show.js';
import { checkPskd, nearMiss } from './pskd.js';
import { attackerScene } from './scenes/attacker.js';
import { dataScene } from './scenes/data.js';
import { eavesdropperScene } from './scenes/eavesdropper.js';
import { evidenceScene } from './scenes/evidence.js';
import { handshakeScene } from './scenes/handshake.js';
import type { Stage } from './scenes/stage.js';
import { TextShow } from './text-show.js';

export interface DemoOptions {
  /** The joiner's passphrase: a Thread joining credential. */
  readonly passphrase: string;
  /** Where the capture and the key log go. */
  readonly out: string;
  readonly json?: boolean;
}

/**
 * The show: two devices with nothing but a short passphrase become strangers no more, an eavesdropper and an attacker
 * look on. Returns whether everything it claims was observed.
 * @throws SelvageError `invalid-argument` for an unusable passphrase, and what sockets and files throw.
 */
export async function demo(surface: Surface, options: DemoOptions): Promise<boolean> {
  const passphrase = checkPskd(options.passphrase);
  const show =
    options.json === true
      ? new JsonShow(surface.stdout)
      : new TextShow(surface.stdout, styleFor(surface.stdout, surface.env));
  const expectations = new Expectations(show);
  const stage: Stage = { surface, show, expectations, passphrase, guess: nearMiss(passphrase) };
  show.tell({
    event: 'title',
    text: 'Selvage: strangers no more',
    lines: [
      'Two devices, one short passphrase, no server, no certificate. DTLS 1.2 with EC-JPAKE, as Thread joins devices.',
    ],
  });
  const keyLog: string[] = [];
  const meeting = await handshakeScene(stage, (line) => keyLog.push(line));
  await dataScene(stage, meeting);
  await eavesdropperScene(stage, meeting);
  await attackerScene(stage);
  await evidenceScene(stage, leaveEvidence(options.out, meeting.captured, keyLog));
  show.tell({ event: 'note', text: `By hand: ${calledFromHere()} dtls client --help` });
  return expectations.conclude();
}
