import { Secret, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { type FoundDevice, type OwnedOrNot, type PinSource, transferMethods, type Uuid } from '@selvage/ocf';
import type { Operator } from '../../../ocf/operator.js';
import { firstTasks } from '../../../ocf/verbs/first-tasks.js';
import { isoTime } from '../../../ca/describe.js';
import { demandedOf } from '../attestation.js';
import { admitOne } from '../commissioning/list.js';
import type { DeviceBoards } from '../device-boards.js';
import type { OwnedRow } from '../events.js';
import { heeded } from '../heeded.js';
import { outdated, roster } from '../roster.js';
import type { Player, Stage } from '../stage.js';

/** How long the answer to a question is listened for, and for how long a device is asked for, ms. */
const [searchTime, patience] = [1500, 120_000] as const;

/** Devices at a time, so that a person can follow. */
const concurrency = 2;

/** Each device gets its owner, and with it a certificate. */
export async function owningScene(stage: Stage): Promise<void> {
  const { screen, expectations, owner, players } = stage;
  screen.tell({
    event: 'scene',
    title: 'Owned',
    text: `The owner takes each over by the best method that it offers. Before it grants anything, the device has to say
      what it was booted from, signed in its vault for this very connection: firmware of its maker, and none too old.`,
  });
  // It gets its power while the others are being owned.
  const arriving = heeded(arrival(stage));
  const owned = await ownPlayers(stage, owner, [...players.values()]);
  const refusal = await turnedAway(stage, await arriving);
  const methods = new Set(owned.map(({ method }) => method));
  expectations.observe('all eight have an owner', owned.length === roster.length);
  expectations.observe(
    'each of the three methods was used: manufacturer certificate, random PIN, just works',
    Object.keys(transferMethods).every((method) => methods.has(method as OwnedRow['method'])),
  );
  const { present } = stage.made.releases;
  expectations.observe(
    `each has attested first that it runs firmware ${present.version} of its manufacturer`,
    owned.length > 0 && owned.every(({ firmware }) => firmware === present.version),
  );
  expectations.observe(
    'a device whose firmware is older than that is owned by nobody',
    refusal === 'attestation-refused',
  );
  expectations.observe(
    'each device says itself that it is in normal operation (RFNOP) and whose it is',
    owned.length > 0 && (await sayThemselves(stage, owned, owner.site.settings.owner)),
  );
}

/** A device comes along that has firmware of its manufacturer, and not what the owner takes. */
async function arrival({ devices, made, commissioner }: Stage): Promise<Uuid> {
  if (commissioner !== undefined) admitOne(commissioner, made.labels, outdated.name);
  await devices.switchOn(outdated.name, made.outdated);
  return (await devices.running(outdated.name)).device;
}

/** What the owner says to it, which lets it go unchanged. */
async function turnedAway(stage: Stage, device: Uuid): Promise<string> {
  const { owner, screen, surface, made } = stage;
  const found = await firstAnswer(stage, device);
  if (found === undefined) return 'no answer';
  try {
    await owner.tool.own(found, { attestation: demandedOf(surface, owner, made) });
    return 'owned';
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    screen.tell({ event: 'not-owned', name: outdated.name, error: plain(error) });
    return error.code;
  }
}

/** It is asked for again where its answer comes later than it is listened for. */
async function firstAnswer(
  { surface: { clock }, owner }: Stage,
  device: Uuid,
): Promise<FoundDevice<UdpAddress> | undefined> {
  const deadline = clock.now() + patience;
  let found = await answer(owner, device);
  while (found === undefined && clock.now() < deadline) found = await answer(owner, device);
  return found;
}

function answer({ tool }: Operator, device: Uuid): Promise<FoundDevice<UdpAddress> | undefined> {
  return new Promise((resolve, reject) => {
    const query = { device, owned: false, listenFor: searchTime, onFound: resolve };
    tool.discover(query).then(([found]) => resolve(found), reject);
  });
}

/** Owns devices and tells of each; resolves with what became of those that it could own. */
export async function ownPlayers(stage: Stage, owner: Operator, players: readonly Player[]): Promise<OwnedRow[]> {
  const path = new OwningPath(stage, players);
  const results = await owner.tool.ownAll(
    players.map(({ found }) => found),
    {
      concurrency,
      tasks: firstTasks(owner.site.settings.owner, true),
      attestation: demandedOf(stage.surface, owner, stage.made),
      pin: path.pin,
      onProgress: ({ device, step }) => path.step(device, step),
      onDevice: (result) => path.settle(result),
    },
  );
  for (const result of results) await remember(stage, owner, result);
  return [...path.rows];
}

/** What devices tell of their state comes after the last answer to the tool, or before it. */
async function sayThemselves({ devices }: Stage, owned: readonly OwnedRow[], owner: Uuid): Promise<boolean> {
  const said = owned.map(({ name, device }) =>
    devices.hear('state', (news) => {
      return news.name === name && news.device === device && news.state === 'RFNOP' && news.owner === owner;
    }),
  );
  return Promise.all(said).then(
    () => true,
    () => false,
  );
}

/** What the site notes of its devices is what `selvage devices` tells. */
async function remember(stage: Stage, owner: Operator, result: OwnedOrNot<UdpAddress>): Promise<void> {
  if (!('owned' in result)) return;
  const { owned, found } = result;
  const player = [...stage.players.values()].find((one) => one.found.device === found.device);
  if (player === undefined) return;
  stage.players.set(player.name, { ...player, owned, owner: owner.site.settings.name });
  await owner.site.notes.add(owned.device, { kind: player.kind });
}

/** The paths of devices that are being owned, as they are told. */
class OwningPath {
  readonly rows: OwnedRow[] = [];
  readonly #stage: Stage;
  readonly #paths: Map<Uuid, { readonly player: Player; since: number; steps: number; pin: string | undefined }>;

  constructor(stage: Stage, players: readonly Player[]) {
    this.#stage = stage;
    this.#paths = new Map(
      players.map((player) => [player.found.device, { player, since: 0, steps: 0, pin: undefined }]),
    );
  }

  /** Reads the PIN that a device shows. */
  get pin(): PinSource<UdpAddress> {
    return async ({ device, name }: FoundDevice<UdpAddress>) => {
      const shown = await newestPin(this.#stage.devices, name ?? '');
      const path = this.#paths.get(device);
      if (path !== undefined) path.pin = shown;
      return Secret.text(shown);
    };
  }

  step(device: Uuid, step: string): void {
    const { screen, surface } = this.#stage;
    const path = this.#paths.get(device);
    if (path === undefined) return;
    if (path.steps === 0) path.since = surface.clock.now();
    path.steps++;
    screen.tell({ event: 'step', name: path.player.name, number: path.steps, step });
  }

  settle(result: OwnedOrNot<UdpAddress>): void {
    const { screen, surface } = this.#stage;
    const path = this.#paths.get(result.found.device);
    if (path === undefined) return;
    const { name, kind } = path.player;
    if ('error' in result) return screen.tell({ event: 'not-owned', name, error: plain(result.error) });
    const { device, former, method, identity, manufacturer, attested } = result.owned;
    const row: OwnedRow = {
      name,
      kind,
      former,
      device,
      method,
      steps: path.steps,
      milliseconds: surface.clock.now() - path.since,
      certificateUntil: identity === undefined ? 'none' : isoTime(identity.notAfter).slice(0, 10),
      maker: manufacturer?.subject,
      pin: path.pin,
      firmware: attested?.components.find(({ type }) => type === 'APP')?.version,
    };
    this.rows.push(row);
    screen.tell({ event: 'owned', ...row });
  }
}

/** PINs that were used: a device shows another one each time. */
const used = new WeakMap<DeviceBoards, Set<string>>();

async function newestPin(devices: DeviceBoards, name: string): Promise<string> {
  const seen = used.get(devices) ?? new Set();
  used.set(devices, seen);
  const { pin } = await devices.hear('pin', (news) => news.name === name && !seen.has(`${name} ${news.pin}`));
  seen.add(`${name} ${pin}`);
  return pin;
}

function plain({ code, message, remedy }: SelvageError): { code: string; message: string; remedy?: string } {
  return { code, message, ...(remedy !== undefined && { remedy }) };
}
