import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { newUuid, OcfClient, pskSecurity, transferMethods } from '@selvage/ocf';
import { watched } from '../roster.js';
import { playerOf, reachOf, type Stage } from '../stage.js';
import { auditLog, tellAudit } from './audit.js';
import { codeText } from './code-text.js';
import { guessedKey } from './guessed-key.js';
import { certifiedBy, forgedAuthority, type Knock, knock } from './knocking.js';
import { applicationRead } from './reading.js';

/** What a stranger comes with, and what must come of it. */
interface Stranger {
  readonly tries: string;
  readonly knock: Knock;
  /** The alerts that it can be refused with. */
  readonly alerts: readonly string[];
  readonly claim: string;
}

/** Nobody but who was granted something gets anywhere. */
export async function strangersScene(stage: Stage): Promise<void> {
  const { screen, expectations } = stage;
  screen.tell({
    event: 'scene',
    title: 'Strangers',
    text: `Somebody else on the same network knows where the front door is, and its owner's name. What the door says:`,
  });
  const before = (await auditLog(stage, watched)).length;
  const plain = await plainAttempt(stage);
  screen.tell({ event: 'stranger', tries: 'unlock it, without any security', answer: plain });
  const strangers = await strangersFor(stage);
  const answers = await Promise.all(strangers.map((stranger) => knockAtDoor(stage, stranger)));
  for (const [at, { tries }] of strangers.entries()) {
    screen.tell({ event: 'stranger', tries, answer: answers[at] as string });
  }
  expectations.observe('without security the answer is 4.01', plain.startsWith('4.01'));
  for (const [at, { claim, alerts }] of strangers.entries()) {
    expectations.observe(
      claim,
      alerts.some((alert) => answers[at] === `alert ${alert}`),
    );
  }
  await aftermath(stage, before, strangers.length);
}

/** The door has stayed as it was, and has taken note. */
async function aftermath(stage: Stage, before: number, handshakes: number): Promise<void> {
  const { lockState } = await applicationRead(stage, watched, '/lock');
  stage.expectations.observe('the front door is locked still', lockState === 'Locked');
  const events = (await auditLog(stage, watched)).slice(before);
  tellAudit(stage, watched, events);
  const count = (id: string): number => events.filter(({ aeid }) => aeid === id).length;
  stage.expectations.observe(
    'its audit log has the refused request, and each handshake that failed',
    count('AC-1') >= 1 && count('AUTH-1') >= handshakes,
  );
}

async function plainAttempt(stage: Stage): Promise<string> {
  const { surface, network } = stage;
  const { entropy, clock } = surface;
  const [to] = playerOf(stage, watched).found.plain;
  if (to === undefined) return 'no address';
  const { ports } = await network.client();
  const identity = { device: newUuid(entropy), pskFor: () => undefined };
  const client = new OcfClient({ ...ports, core: nativeCore, entropy, clock, identity });
  try {
    const request = { method: 'POST', path: '/lock', value: { lockState: 'Unlocked' } } as const;
    return codeText((await client.plainRequest(to, request, { timeout: 30_000 })).code);
  } catch (error) {
    if (error instanceof SelvageError) return error.code;
    throw error;
  } finally {
    client.close();
  }
}

function knockAtDoor(stage: Stage, stranger: Stranger): Promise<string> {
  const [to] = reachOf(stage, watched).secured;
  return to === undefined ? Promise.resolve('no address') : knock(stage, to, stranger.knock);
}

async function strangersFor(stage: Stage): Promise<Stranger[]> {
  const { entropy } = stage.surface;
  const { device } = reachOf(stage, watched);
  const owner = stage.owner.site.settings.owner;
  const guess = guessedKey(entropy);
  return [
    {
      tries: 'a session without any proof',
      knock: { suites: transferMethods['just-works'].suites, credentials: {} },
      alerts: ['handshake_failure'],
      claim: 'a handshake without credentials is refused',
    },
    {
      tries: 'a shared key, and a name that it made up',
      knock: pskSecurity(device, newUuid(entropy), guess),
      alerts: ['unknown_psk_identity'],
      claim: 'a key that was never shared is refused',
    },
    {
      tries: "a guessed key, and the owner's name",
      knock: pskSecurity(device, owner, guess),
      alerts: ['decrypt_error', 'bad_record_mac'],
      claim: "whoever guesses the owner's key is refused",
    },
    {
      tries: "a certificate of its own with the owner's name",
      knock: await certifiedBy(stage.surface, await forgedAuthority(stage.surface), owner),
      alerts: ['unknown_ca'],
      claim: 'a certificate of another authority is refused',
    },
  ];
}
