import type { Surface } from '../../terminal/surface.js';
import { InputLines } from '../../terminal/input-lines.js';
import { deviceCalled } from '../language/device-name.js';
import type { VirtualDevice } from './virtual-device.js';

/**
 * Presses the buttons of virtual devices: the line that somebody types, or SIGUSR2, which presses all. A line is a
 * device's name or `all`; with one device Enter is enough. Returns how to stop.
 */
export function watchButtons(
  surface: Surface,
  devices: readonly VirtualDevice[],
  press: (device: VirtualDevice) => void,
  tell: (error: unknown) => void,
): () => void {
  const pressAll = (): void => devices.forEach(press);
  process.on('SIGUSR2', pressAll);
  const input = new InputLines(surface.stdin);
  void (async () => {
    for (let line = await input.next(); line !== undefined; line = await input.next()) {
      try {
        for (const device of chosen(line.trim(), devices)) press(device);
      } catch (error) {
        tell(error);
      }
    }
  })();
  return () => process.off('SIGUSR2', pressAll);
}

function chosen(line: string, devices: readonly VirtualDevice[]): readonly VirtualDevice[] {
  if (line === 'all' || (line === '' && devices.length === 1)) return devices;
  const callable = devices.map((one) => ({ device: one.device.deviceId, name: one.name, one }));
  return [deviceCalled(line, callable, 'in this process').one];
}
