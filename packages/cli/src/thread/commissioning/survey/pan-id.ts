import type { CommissionerEvent } from '@selvage/thread';
import type { Surface } from '../../../terminal/surface.js';
import { count as counted } from '../../../terminal/text.js';
import { commissioning } from '../way-in/commissioning.js';
import type { SurveyOptions } from './options.js';
import { reported } from './reported.js';
import { asking, nodeText, whom } from './whom.js';

/** Milliseconds before a node begins, and of each channel, as ours and OpenThread's do. */
const [before, each] = [1000, 400] as const;

type Conflict = Extract<CommissionerEvent, { kind: 'pan-id-conflict' }>;

/** `thread commissioner panid`: has nodes look whether a PAN id is used already. */
export function panIdVerb(surface: Surface, panId: number, node: string, options: SurveyOptions): Promise<void> {
  return commissioning(surface, options, async (runner, report) => {
    const { channels, wait } = options;
    const to = await whom(runner, node);
    const pan = panId.toString(16).padStart(4, '0');
    const conflicts: Conflict[] = [];
    const found = new Promise<void>((resolve) => {
      runner.onEvent((event) => {
        if (event.kind !== 'pan-id-conflict' || event.panId !== panId) return;
        conflicts.push(event);
        const where = `on channel ${event.channels.join(', ')}`;
        const data = { from: nodeText(event.from), panId: pan, channels: event.channels };
        report.show({ event: 'conflict', data, lines: [`PAN ${pan} ${where}, heard by ${nodeText(event.from)}`] });
        if (!to.isGroup) resolve();
      });
    });
    const query = { panId, channels };
    await asking(surface, to, (done) => runner.run((commissioner) => commissioner.queryPanId(query, to.address, done)));
    const takes = before + channels.length * each + wait * 1000;
    const lines = [
      `${to.text} will look on ${counted(channels.length, 'channel')}, for up to ${Math.ceil(takes / 1000)} s`,
    ];
    report.tell({ event: 'looking', data: { to: nodeText(to.address) }, lines });
    await reported(surface, found, takes);
    const isOwn = conflicts.length > 0 ? 'routers of your own network count too, if it is theirs' : undefined;
    const nobody = `nobody has heard of PAN ${pan}`;
    const line = isOwn === undefined ? nobody : `${counted(conflicts.length, 'node')} heard it; ${isOwn}`;
    report.tell({ event: 'looked', data: { panId: pan, conflicts: conflicts.length }, lines: [line] });
  });
}
