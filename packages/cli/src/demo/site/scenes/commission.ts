import { SelvageError, toHex } from '@selvage/core';
import { joinFailures, type JoinFailure, type JoinStep } from '@selvage/thread';
import type { DeviceNews, NewsOf } from '../../../board/news.js';
import type { SiteCommissioner } from '../commissioning/site-commissioner.js';
import { placesOf } from '../mesh/house-picture.js';
import { borderName } from '../network/house.js';
import { type RefusedJoiner, refusedJoiners, roster } from '../roster.js';
import type { Stage } from '../stage.js';

/** How long the last device may take: it hears no router before those between have joined and become that, and a machine may have much else to do, ms. */
const patience = 300_000;

/** The devices of the site get the network's key by their passphrases, and three others do not. */
export async function commissionScene(stage: Stage): Promise<void> {
  const { screen, expectations, commissioner, forming, network, devices } = stage;
  if (commissioner === undefined || network.mesh === undefined) return;
  screen.tell({
    event: 'scene',
    title: 'Commissioned',
    text: `No board holds anything of the network: each has the EUI-64 and the passphrase of its label. Who has scanned the
      labels is a commissioner, outside the mesh: it has proved to the border agent that it knows the PSKc, and lets in
      who is on its list. Each board looks on all 16 channels for a router that expects it, proves its passphrase through
      that router to the commissioner, says who made it, and is then entrusted with the network's key.`,
  });
  const { agent, took, sessionId } = commissioner;
  screen.tell({
    event: 'fact',
    label: 'commissioner',
    text: `in a DTLS session with the border agent at ${agent.key}, active after ${took.toFixed(0)} ms, session ${sessionId}`,
  });
  const stop = tellSteps(stage);
  forming?.show((picture) => screen.tell({ event: 'forming', picture }));
  const [joined, refused] = await Promise.all([
    Promise.all(roster.map(({ name }) => joinedOf(stage, commissioner, name))),
    Promise.all(refusedJoiners.map((one) => refusedOf(stage, commissioner, one))),
  ]);
  stop();
  screen.tell({
    event: 'fact',
    label: 'at once',
    text: `${roster.length + refusedJoiners.length} devices joining; up to ${commissioner.mostAtOnce} of them in a session with the commissioner`,
  });
  // Nobody else may come, until somebody is expected again.
  commissioner.withdrawAll();
  expectations.observe('all eight have joined the network by their passphrases', joined.every(Boolean));
  for (const [at, { claim }] of refusedJoiners.entries()) expectations.observe(claim, refused[at] === true);
  const strangers = refusedJoiners.map(({ name }) => name);
  expectations.observe(
    'the commissioner gave a key out for each of the eight, and for none of the three',
    roster.every(({ name }) => commissioner.hasKeyFor(name)) &&
      !strangers.some((name) => commissioner.hasKeyFor(name) || placesOf(devices).has(name)),
  );
  await Promise.all(strangers.map((name) => devices.switchOff(name)));
}

/** Tells each step as it begins; returns how to stop it. */
function tellSteps({ devices, screen }: Stage): () => void {
  const settled = new Set<string>();
  let isOver = false;
  devices.onNews((news: DeviceNews) => {
    const { name } = news;
    if (isOver || settled.has(name)) return;
    const failure = news.event === 'not-joined' ? failureOf(news) : undefined;
    if (news.event === 'joined' || isFinal(name, failure?.failure)) settled.add(name);
    else if (news.event === 'joining') screen.tell({ event: 'joining', name, step: news.step });
    else if (failure !== undefined) {
      screen.tell({ event: 'joining', name, step: failure.step, failure: joinFailures[failure.failure].says });
    }
  });
  return () => (isOver = true);
}

/** Resolves with whether a device has joined in time; that is told. */
async function joinedOf(stage: Stage, commissioner: SiteCommissioner, name: string): Promise<boolean> {
  const { devices, screen } = stage;
  const news = await inTime(devices.hear('joined', (one) => one.name === name, patience));
  if (news === undefined) return false;
  const { milliseconds } = news;
  screen.tell({
    event: 'joined',
    name,
    eui64: eui64Of(stage, name),
    by: routerOf(stage, commissioner, name),
    milliseconds,
  });
  return true;
}

/** Resolves with whether a device was not let in, for the reason that there is; that is told. */
async function refusedOf(
  stage: Stage,
  commissioner: SiteCommissioner,
  { name, failures }: RefusedJoiner,
): Promise<boolean> {
  const { devices, screen } = stage;
  const isExpected = (news: NewsOf<'not-joined'>): boolean =>
    news.name === name && failures.some((failure) => failure === failureOf(news)?.failure);
  const news = await inTime(devices.hear('not-joined', isExpected, patience));
  const failure = news && failureOf(news);
  if (news === undefined || failure === undefined) return false;
  const { message } = news.error;
  const atCommissioner = commissioner.failureOf(name)?.message;
  screen.tell({ event: 'not-joined', name, eui64: eui64Of(stage, name), ...failure, message, atCommissioner });
  // Who never reached the commissioner is nobody to it; of the others both sides say the same.
  const same = commissioner.failureOf(name)?.details?.['failure'];
  return devices.heard('joined').every((one) => one.name !== name) && (same === undefined || same === failure.failure);
}

function failureOf({ error }: NewsOf<'not-joined'>): { failure: JoinFailure; step: JoinStep } | undefined {
  const { failure, step } = error.details ?? {};
  if (typeof failure !== 'string' || !(failure in joinFailures)) return undefined;
  return { failure: failure as JoinFailure, step: step as JoinStep };
}

/** Whether a join has ended as it should, without a place in the mesh. */
function isFinal(name: string, failure: JoinFailure | undefined): boolean {
  const failures = refusedJoiners.find((one) => one.name === name)?.failures ?? [];
  return failure !== undefined && failures.includes(failure);
}

function eui64Of({ made }: Stage, name: string): string {
  const label = made.labels.get(name);
  return label === undefined ? '' : toHex(label.eui64);
}

/** The joiner router that a device came by. */
function routerOf({ devices, network }: Stage, commissioner: SiteCommissioner, name: string): string {
  const router = commissioner.routerOf(name);
  if (router === network.mesh?.border.rloc16) return borderName;
  const found = [...placesOf(devices)].find(([, { rloc16 }]) => rloc16 === router);
  return found?.[0] ?? 'a router';
}

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof SelvageError && error.code === 'timed-out') return undefined;
    throw error;
  }
}
