/** A process that owns one light, and is killed somewhere on its way. PINs come from its parent, who sees the light. */
import { Owner } from './owner.mjs';
import { readPin } from './pin.mjs';
import { ownerSetting } from './setting.mjs';

const { method, manufacturer, attempts } = ownerSetting();
process.on('disconnect', () => process.exit());
for (const { folder, light, index } of attempts) {
  const owner = await Owner.open(folder, manufacturer.root);
  await owner.own(light, method, () => readPin(index));
  await owner.close();
}
process.disconnect();
