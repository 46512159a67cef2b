import type { UdpAddress } from '@selvage/core/node';
import { type FoundDevice, pskSecurity, type Uuid } from '@selvage/ocf';
import type { Closing } from '../closing.js';
import { admitOne } from '../commissioning/list.js';
import { openOwner } from '../owner.js';
import { handedOver } from '../roster.js';
import { deviceOf, playerOf, type Stage } from '../stage.js';
import { findUnowned } from './asking.js';
import { guessedKey } from './guessed-key.js';
import { certifiedBy, knock } from './knocking.js';
import { ownPlayers } from './owning.js';

const tenantName = 'Tenant';

/** One device changes its owner: its reset button is the way that needs nobody's leave. */
export async function handOverScene(stage: Stage, closing: Closing): Promise<void> {
  const { screen, expectations, owner } = stage;
  screen.tell({
    event: 'scene',
    title: 'Handed over',
    text: `The cellar has been let, and ${handedOver} goes to the tenant. Nobody can take a device over that is owned:
      somebody who stands before it holds its reset button, the chip wipes what its owner left, and then it is a sealed box
      again. No message does that, and no firmware is asked.`,
  });
  const former = deviceOf(stage, handedOver);
  const { commissioner, made } = stage;
  if (commissioner !== undefined) admitOne(commissioner, made.labels, handedOver);
  const joins = joinsOf(stage);
  const sealed = await stage.devices.press(handedOver);
  // It says no goodbye that could be believed: whoever owned it has to be told.
  await owner.tool.forget(former);
  screen.tell({
    event: 'fact',
    label: handedOver,
    text: 'button held, wiped, started: no owner, no keys, another name',
  });
  if (commissioner !== undefined) {
    expectations.observe(
      'it had left the mesh, too: it has joined again by its passphrase',
      joinsOf(stage) === joins + 1,
    );
    commissioner.withdrawAll();
  }
  const { network, folder, surface } = stage;
  const tenant = await openOwner(surface, { folder: folder.tenant, name: tenantName, network }, closing);
  const answers = await findUnowned(tenant, [sealed.device], network.listenFor);
  const found = answers.find((one) => one.device === sealed.device);
  expectations.observe(
    'after the reset it has no owner and another name',
    found?.owned === false && found.device !== former,
  );
  if (found === undefined) return;
  stage.players.set(handedOver, { ...bare(stage), found });
  const [owned] = await ownPlayers(stage, tenant, [playerOf(stage, handedOver)]);
  expectations.observe('the tenant owns it now', owned !== undefined);
  if (owned !== undefined) await firstOwnerIsRefused(stage, found, owned.device);
}

/** How often it has joined a mesh. */
function joinsOf({ devices }: Stage): number {
  return devices.heard('joined').filter(({ name }) => name === handedOver).length;
}

/** What is known of it without its owner. */
function bare(stage: Stage): ReturnType<typeof playerOf> {
  const { name, kind, found } = playerOf(stage, handedOver);
  return { name, kind, found };
}

/** All that the first owner has still: its name, and an authority that certifies it. */
async function firstOwnerIsRefused(stage: Stage, { secured }: FoundDevice<UdpAddress>, device: Uuid): Promise<void> {
  const { screen, expectations, owner, surface } = stage;
  const { authority, settings } = owner.site;
  const [to] = secured;
  if (to === undefined) return;
  const [byCertificate, byName] = await Promise.all([
    certifiedBy(surface, authority, settings.owner).then((certified) => knock(stage, to, certified)),
    knock(stage, to, pskSecurity(device, settings.owner, guessedKey(surface.entropy))),
  ]);
  screen.tell({ event: 'stranger', tries: 'the first owner, with its certificate', answer: byCertificate });
  screen.tell({ event: 'stranger', tries: 'the first owner, by its name', answer: byName });
  expectations.observe(
    'the first owner is a stranger to it now, by certificate and by name',
    byCertificate === 'alert unknown_ca' && byName === 'alert unknown_psk_identity',
  );
}
