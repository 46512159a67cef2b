import { bytesEqual, Secret } from '@selvage/core';
import { knows, type Meeting, meet } from '../meeting.js';
import type { Stage } from './stage.js';
import { drawn } from './messages.js';

const suite = 'TLS_ECJPAKE_WITH_AES_128_CCM_8';

/** The joiner and the commissioner, who both know the passphrase, become strangers no more. */
export async function handshakeScene(stage: Stage, keyLog: (line: string) => void): Promise<Meeting> {
  const { show, expectations, passphrase } = stage;
  show.tell({
    event: 'scene',
    title: 'Two strangers shake hands',
    text: `A joiner has the passphrase ${passphrase} on its label. A commissioner was told it. They have never met, and have
      nothing else in common. Real UDP on loopback, from the first byte; the joiner’s view:`,
  });
  const secret = Secret.text(passphrase);
  const passed: string[] = [];
  const drawing = drawn(stage, 'joiner');
  const meeting = await meet(stage.surface, {
    suite,
    guest: knows(secret),
    host: knows(secret),
    keyLog,
    onAddresses: drawing.onAddresses,
    onMessage(direction, message) {
      passed.push(message.name);
      drawing.onMessage(direction, message);
    },
  });
  const { outcome } = meeting;
  if (outcome.kind === 'open') tellSession(stage, meeting, outcome, await timeAgain(stage, secret));
  const cookie = passed.indexOf('HelloVerifyRequest');
  expectations.observe('the commissioner kept nothing before the joiner brought its cookie back', cookie === 1);
  expectations.observe('both sides hold the same fresh key, each having seen the other’s Finished', sameKeys(outcome));
  return meeting;
}

/** The same once more, unseen: the first time pays for everything that a process does once. Returns ms. */
async function timeAgain({ surface }: Stage, secret: Secret): Promise<number> {
  const again = await meet(surface, { suite, guest: knows(secret), host: knows(secret) });
  again.close();
  return again.milliseconds;
}

function tellSession(
  { show }: Stage,
  meeting: Meeting,
  outcome: Extract<Meeting['outcome'], { kind: 'open' }>,
  again: number,
): void {
  const { session } = outcome.guest;
  const bytes = meeting.captured.reduce((sum, { payload }) => sum + payload.length, 0);
  const hex = `0x${session.suite.id.toString(16).toUpperCase()}`;
  show.tell({ event: 'fact', label: 'suite', text: `${session.suite.name} (${hex})` });
  show.tell({ event: 'fact', label: 'peer', text: 'somebody who knows the passphrase, and nobody else' });
  show.tell({
    event: 'fact',
    label: 'took',
    text: `${meeting.milliseconds.toFixed(1)} ms for both sides, the first time in this process; ${again.toFixed(1)} ms the second`,
  });
  show.tell({
    event: 'fact',
    label: 'traffic',
    text: `${meeting.captured.length} datagrams, ${bytes.toLocaleString('en')} bytes`,
  });
}

/** Compared by a value that both derive from their keys (RFC 5705), as the keys themselves stay where they are. */
function sameKeys(outcome: Meeting['outcome']): boolean {
  if (outcome.kind !== 'open') return false;
  const [guest, host] = [outcome.guest, outcome.host].map((side) =>
    side.exportKeyingMaterial('EXPERIMENTAL selvage demo', 32),
  );
  return guest !== undefined && host !== undefined && bytesEqual(guest, host);
}
