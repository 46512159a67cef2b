import type { Uuid } from '@selvage/ocf';
import { interruption } from '../../../terminal/surface.js';
import type { DeviceNews } from '../../../board/news.js';
import { needs } from '../roster.js';
import { calledOnStage, deviceOf, type Stage } from '../stage.js';

/**
 * Keeps the site up for other commands, until Ctrl-C; what happens to the devices is told. The switches work.
 * @throws SelvageError (rejects) where the devices end by themselves.
 */
export async function staying(stage: Stage): Promise<void> {
  const { devices, surface, screen, players } = stage;
  const [, attic] = needs;
  if (players.get(attic.device)?.owned !== undefined) {
    await devices.order({ do: 'link', device: attic.who, path: attic.path, to: deviceOf(stage, attic.device) });
  }
  devices.onNews((news) => screen.tell({ event: 'news', news, who: whoIn(stage, news) }));
  await Promise.race([interruption(surface), devices.ended.then(() => Promise.reject(devices.failure()))]);
}

/** The other one that news are about. */
function whoIn(stage: Stage, news: DeviceNews): string | undefined {
  const device = otherOf(news);
  return device && calledOnStage(stage, device);
}

function otherOf(news: DeviceNews): Uuid | undefined {
  switch (news.event) {
    case 'sent':
      return news.to;
    case 'denied':
      return news.peer;
    case 'state':
      return news.owner;
    default:
      return undefined;
  }
}
