import { fromHex, Secret, SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type AgentText, type Dataset, derivePskc, oneTimePasscode } from '@selvage/thread';
import type { Surface } from '../../../terminal/surface.js';
import { hexOption } from '../../dataset/fields.js';
import type { WayInOptions } from './options.js';
import { type SecretSource, secretLine } from './secret-line.js';

const sources = {
  pskc: {
    option: '--pskc',
    variable: 'SELVAGE_THREAD_PSKC',
    question: 'The PSKc, 32 hexadecimal digits (it is not shown):',
  },
  passphrase: {
    option: '--passphrase',
    variable: 'SELVAGE_THREAD_PASSPHRASE',
    question: 'The passphrase of commissioners (it is not shown):',
  },
  passcode: {
    option: '--passcode',
    variable: 'SELVAGE_THREAD_PASSCODE',
    question: 'The nine digits that the border router shows (they are not shown here):',
  },
} as const satisfies Record<string, SecretSource>;
type Kind = keyof typeof sources;

const kinds = ['passcode', 'pskc', 'passphrase'] as const satisfies readonly Kind[];
const pskcLength = 16;

/** Which secret was chosen; undefined for the PSKc of a dataset. */
export function chosenSecret(options: WayInOptions, env: Surface['env']): Kind | undefined {
  return (
    kinds.find((kind) => options[kind] !== undefined) ??
    kinds.find((kind) => (env[sources[kind].variable] ?? '') !== '')
  );
}

/** What is known of the network before anything is proved. */
export interface KnownOfNetwork {
  readonly text: AgentText | undefined;
  readonly dataset: Dataset | undefined;
}

/**
 * What a border agent is to be shown: the PSKc as it is, made of a passphrase or of a dataset, or a one-time passcode.
 * @throws SelvageError `invalid-argument` where there is none, or a PSKc cannot be made of what is known;
 *   `one-time-passcode-invalid`
 */
export async function agentSecret(surface: Surface, options: WayInOptions, known: KnownOfNetwork): Promise<Secret> {
  const kind = chosenSecret(options, surface.env);
  switch (kind) {
    case 'passcode':
      return oneTimePasscode(wordsOf(await secretLine(surface, options.passcode, sources.passcode)));
    case 'pskc':
      return pskcOf(wordsOf(await secretLine(surface, options.pskc, sources.pskc)));
    case 'passphrase':
      return derivePskc(
        nativeCore,
        await secretLine(surface, options.passphrase, sources.passphrase),
        namesOf(options, known),
      );
    case undefined: {
      const pskc = known.dataset?.get('pskc');
      if (pskc !== undefined) return pskc;
      throw new SelvageError('invalid-argument', 'nothing is known that the border agent would take', {
        remedy: 'give --passphrase, --pskc or --passcode, or a --dataset that has a PSKc',
      });
    }
  }
}

function namesOf({ networkName, extPan }: WayInOptions, { text, dataset }: KnownOfNetwork) {
  const given = networkName ?? text?.networkName;
  const name = given === undefined ? dataset?.get('networkName') : new TextEncoder().encode(given);
  const extendedPanId =
    extPan === undefined ? (text?.extendedPanId ?? dataset?.get('extendedPanId')) : hexOption('--ext-pan', extPan, 8);
  if (name !== undefined && extendedPanId !== undefined) return { networkName: name, extendedPanId };
  throw new SelvageError(
    'invalid-argument',
    'a passphrase makes a PSKc only with the network name and extended PAN id',
    {
      remedy: 'give --network-name and --ext-pan, or --name to have multicast DNS tell them',
    },
  );
}

function pskcOf(text: string): Secret {
  const bytes = /^[0-9a-f]{32}$/i.test(text) ? fromHex(text) : new Uint8Array(0);
  if (bytes.length === pskcLength) return Secret.of(bytes);
  throw new SelvageError('invalid-argument', 'a PSKc is 32 hexadecimal digits');
}

function wordsOf(secret: Secret): string {
  return new TextDecoder().decode(secret.reveal()).trim();
}
