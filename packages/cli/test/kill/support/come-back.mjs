/** A process that comes back to lights whose owners were killed, and tells how each ended. */
import { Owner } from './owner.mjs';
import { readPin } from './pin.mjs';
import { ownerSetting } from './setting.mjs';

const { method, manufacturer, attempts } = ownerSetting();
process.on('disconnect', () => process.exit());
const endings = await Promise.all(
  attempts.map(async ({ folder, light, index }) => {
    const owner = await Owner.open(folder, manufacturer.root);
    const ending = await owner.comeBack(light, method, () => readPin(index));
    await owner.close();
    return ending;
  }),
);
process.send?.({ kind: 'endings', endings });
