import { type DtlsSocket } from '@selvage/dtls';
import type { UdpAddress } from '@selvage/core/node';
import type { Meeting } from '../meeting.js';
import type { Party } from '../show.js';
import type { Stage } from './stage.js';

/** What the two say to each other once they can. */
export const sentences: readonly (readonly [from: Party, text: string])[] = [
  ['joiner', 'I am lamp 7. May I join?'],
  ['commissioner', 'Welcome, lamp 7. The network is yours, too.'],
];

const patience = 3000;

/** Application data both ways, over the session. */
export async function dataScene(stage: Stage, meeting: Meeting): Promise<void> {
  const { show, expectations, surface } = stage;
  show.tell({ event: 'scene', title: 'They talk', text: 'Now every datagram is sealed with AES-128-CCM:' });
  if (meeting.outcome.kind !== 'open') return expectations.observe('there is a session to talk over', false);
  const { guest, host } = meeting.outcome;
  const heardBy: [listener: Party, heard: boolean][] = [];
  for (const [from, text] of sentences) {
    const [speaker, listener] = from === 'joiner' ? [guest, host] : [host, guest];
    const before = meeting.captured.length;
    const heard = await say(stage, speaker, listener, text);
    const sealedLength = meeting.captured[before]?.payload.length ?? 0;
    const to = from === 'joiner' ? 'commissioner' : 'joiner';
    const milliseconds = surface.clock.now() - meeting.begun;
    if (heard === text) show.tell({ event: 'data', from, to, milliseconds, text, sealedLength });
    heardBy.push([to, heard === text]);
  }
  meeting.close();
  for (const [listener, heard] of heardBy) {
    expectations.observe(`the ${listener} reads what was written, and only what was written`, heard);
  }
}

/** Sends text and resolves with what arrives; `undefined` when nothing does. */
function say(
  { surface: { clock } }: Stage,
  speaker: DtlsSocket<UdpAddress>,
  listener: DtlsSocket<UdpAddress>,
  text: string,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = clock.wakeAt(clock.now() + patience, () => resolve(undefined));
    listener.onData((data) => {
      timer.cancel();
      resolve(new TextDecoder().decode(data));
    });
    speaker.send(new TextEncoder().encode(text));
  });
}
