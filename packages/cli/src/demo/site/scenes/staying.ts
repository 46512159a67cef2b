import { interruption } from '../../../terminal/surface.js';
import { needs } from '../roster.js';
import { deviceOf, type Stage } from '../stage.js';

/**
 * Keeps the site up for other commands, until Ctrl-C; what happens to the devices is told. The switches work.
 * @throws SelvageError (rejects) where the devices end by themselves.
 */
export async function staying(stage: Stage): Promise<void> {
  const { devices, surface, screen, players } = stage;
  const [, stairs] = needs;
  if (stairs !== undefined && players.has(stairs.device)) {
    await devices.order({ do: 'link', device: stairs.who, path: stairs.path, to: deviceOf(stage, stairs.device) });
  }
  devices.onNews((news) => screen.tell({ event: 'news', news }));
  await Promise.race([interruption(surface), devices.ended.then(() => Promise.reject(devices.failure()))]);
}
