import { type Clock, toJson } from '@selvage/core';
import type { AuditEvent } from '@selvage/ocf';
import type { NewsOf } from '../../../board/news.js';
import type { Asked, JsonValues, OrderContents } from '../../../board/order.js';
import { calledOnStage, deviceOf, reachOf, type Stage } from '../stage.js';
import { valuesText } from '../../../board/values-text.js';
import { auditLog, tellAudit } from './audit.js';
import { codeText } from './code-text.js';
import { applicationRead } from './reading.js';

const [light, hallSwitch, atticSwitch, door] = ['hall-light', 'hall-switch', 'attic-switch', 'front-door'] as const;

/** The devices do their jobs with one another, and no more than these. */
export async function deviceToDeviceScene(stage: Stage): Promise<void> {
  stage.screen.tell({
    event: 'scene',
    title: 'Device to device',
    text: `Somebody presses the switch in the hall. It finds its light, and the two show each other their certificates;
      the owner only watches the light. What was not granted is refused, whoever asks.`,
  });
  const pressed = await pressTwice(stage);
  const read = await thermostatReads(stage);
  const refused = await askTooMuch(stage);
  const logged = (await auditLog(stage, door)).filter(({ aeid }) => aeid === 'AC-1');
  tellAudit(stage, door, logged);
  expectJobs(stage, pressed, read);
  await expectRefusals(stage, refused, logged);
}

interface Pressed {
  readonly on: NewsOf<'sent'>;
  readonly off: NewsOf<'sent'>;
  /** What the owner saw of the light. */
  readonly states: readonly string[];
}

async function pressTwice(stage: Stage): Promise<Pressed> {
  await stage.devices.order({ do: 'link', device: hallSwitch, path: '/switch', to: deviceOf(stage, light) });
  const seen = await watch(stage, light);
  const on = await press(stage, true);
  const off = await press(stage, false);
  await seen.reach(['before', 'on', 'off'].length);
  seen.stop();
  stage.screen.tell({ event: 'observed', who: 'owner', device: light, values: seen.states });
  return { on, off, states: seen.states };
}

function thermostatReads(stage: Stage): Promise<Asked> {
  const to = deviceOf(stage, 'hall-sensor');
  return ask(stage, { device: 'thermostat', to, method: 'GET', path: '/temperature' });
}

interface Refused {
  readonly unlock: Asked;
  readonly other: Asked;
}

/** Two that may do something elsewhere, and not here. */
async function askTooMuch(stage: Stage): Promise<Refused> {
  const [locked, lit] = [deviceOf(stage, door), deviceOf(stage, light)];
  const values = { lockState: 'Unlocked' };
  const unlock = await ask(stage, { device: hallSwitch, to: locked, method: 'POST', path: '/lock', values });
  const switched = { path: '/switch', values: { value: true } };
  const other = await ask(stage, { device: atticSwitch, to: lit, method: 'POST', ...switched });
  return { unlock, other };
}

function expectJobs({ expectations }: Stage, { on, off, states }: Pressed, read: Asked): void {
  expectations.observe(
    'the hall switch turns the hall light on and off, each proven by its certificate',
    [on, off].every(({ code, proof }) => code === '2.04' && proof === 'certificate'),
  );
  expectations.observe(
    'the owner, who observes the light, sees it go on and off',
    states.join() === ['value=false', 'value=true', 'value=false'].join(),
  );
  const { temperature } = Object(read.values) as { readonly temperature?: unknown };
  expectations.observe(
    'the thermostat reads the temperature of the hall sensor',
    read.code === '2.05' && typeof temperature === 'number',
  );
}

async function expectRefusals(stage: Stage, refused: Refused, logged: readonly AuditEvent[]): Promise<void> {
  const { expectations } = stage;
  expectations.observe('the hall switch may not unlock the front door: 4.01', refused.unlock.code === '4.01');
  expectations.observe('the attic switch may not turn on the hall light: 4.01', refused.other.code === '4.01');
  const { lockState } = await applicationRead(stage, door, '/lock');
  const { value } = await applicationRead(stage, light, '/switch');
  expectations.observe('the door is locked still, and the light off', lockState === 'Locked' && value === false);
  const who: string = deviceOf(stage, hallSwitch);
  expectations.observe(
    "the door's audit log has the attempt, and whose it was",
    logged.some(({ auxiliaryinfo: words }) => words.includes(who) && words.includes('/lock')),
  );
}

/** The finger on the switch: its own value changes, and what is linked to it is told. */
async function press({ devices, screen }: Stage, value: boolean): Promise<NewsOf<'sent'>> {
  const before = devices.heard('sent').length;
  await devices.order({ do: 'set', device: hallSwitch, path: '/switch', values: { value } });
  const sent = await devices.hear('sent', (news) => devices.heard('sent').indexOf(news) >= before);
  const { code, milliseconds, error } = sent;
  const answer = code === undefined ? (error?.message ?? '') : codeText(code);
  screen.tell({
    event: 'request',
    from: hallSwitch,
    to: light,
    request: `POST /switch value=${value}`,
    answer,
    isRefused: code !== '2.04',
    milliseconds,
  });
  return sent;
}

/** A request of one device to another, told whatever comes of it. */
async function ask(stage: Stage, order: Omit<Extract<OrderContents, { do: 'ask' }>, 'do'>): Promise<Asked> {
  const { device, to, method, path, values = {} } = order;
  const asked = await stage.devices.order<Asked>({ do: 'ask', ...order });
  stage.screen.tell({
    event: 'request',
    from: device,
    to: calledOnStage(stage, to),
    request: `${method} ${path} ${valuesText(values)}`.trimEnd(),
    answer: codeText(asked.code),
    isRefused: !asked.code.startsWith('2.'),
    milliseconds: asked.milliseconds,
  });
  return asked;
}

/** What the owner sees of a resource, from its state now on. */
interface Watched {
  readonly states: string[];
  /** Resolves when there are so many states, or when there were none for long. */
  reach(count: number): Promise<void>;
  stop(): void;
}

const patience = 15_000;

async function watch(stage: Stage, name: string): Promise<Watched> {
  const { owner, surface } = stage;
  const states: string[] = [];
  let look: () => void = () => undefined;
  const stop = await owner.tool.client.observe(reachOf(stage, name), '/switch', {
    onState: ({ value }) => {
      states.push(valuesText(toJson(value) as JsonValues));
      look();
    },
  });
  const reach = (count: number): Promise<void> =>
    within(surface.clock, patience, (resolve) => {
      look = () => void (states.length >= count && resolve());
      look();
    });
  await reach(1);
  return { states, reach, stop };
}

/** Resolves when the work does, or when its time is over. */
function within(clock: Clock, time: number, work: (resolve: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.wakeAt(clock.now() + time, resolve);
    work(() => {
      timer.cancel();
      resolve();
    });
  });
}
