import { type Secret, SelvageError } from '@selvage/core';
import { joinerPassphrase } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import type { Surface } from '../../terminal/surface.js';
import { count as counted } from '../../terminal/text.js';
import { type Admission, joinerSelector, labelled } from './joiners/admissions.js';
import { JoinerBoard } from './joiners/joiner-board.js';
import { judged, type JudgementOptions } from './joiners/judgement.js';
import { letIn, type LetInOptions } from './joiners/let-in.js';
import { withCommissioner } from './way-in/active-commissioner.js';
import type { WayInOptions } from './way-in/options.js';
import { secretLine } from './way-in/secret-line.js';
import { withAccess } from './way-in/with-access.js';

/** `thread commission` and `thread admit`, as commander gives them. */
export interface CommissionOptions extends WayInOptions, JudgementOptions, LetInOptions {
  readonly qr?: string;
  readonly pskdFile?: string;
}

/** `thread commission`: lets one joiner in, or some by one passphrase. */
export async function commissionVerb(
  surface: Surface,
  who: string | undefined,
  passphrase: string | undefined,
  options: CommissionOptions,
): Promise<void> {
  await admitAll(surface, [await admissionOf(surface, who, passphrase, options)], options);
}

/** Lets joiners in by a commissioner of the options' network, until all have joined or time is over. */
export function admitAll(
  surface: Surface,
  admissions: readonly Admission[],
  options: CommissionOptions,
): Promise<void> {
  const report = new Report(surface, options.json);
  return withAccess(surface, report, options, (way) =>
    withCommissioner(surface, report, way, { judge: (_joinerId, facts) => judged(options, facts) }, async (runner) => {
      const board = new JoinerBoard(surface, report, options.json);
      const joined = await letIn(surface, runner, admissions, board, options);
      report.show({
        event: 'commissioned',
        data: { joined },
        lines: [`${counted(joined, 'device')} joined`],
      });
    }),
  );
}

async function admissionOf(
  surface: Surface,
  who: string | undefined,
  typed: string | undefined,
  { qr, pskdFile }: CommissionOptions,
): Promise<Admission> {
  if (qr !== undefined) {
    if (who === undefined) return labelled(qr);
    throw new SelvageError('invalid-argument', 'a joiner was given and the text of a QR code, which says it too');
  }
  if (who === undefined) {
    throw new SelvageError('invalid-argument', 'nobody is named who is to be let in', {
      remedy: 'give an EUI-64, a discerner or any, and the passphrase; or --qr with the text of the QR code',
    });
  }
  const selector = joinerSelector(who);
  return { selector, passphrase: await joinerSecret(surface, typed, pskdFile) };
}

/** A joiner's passphrase: as typed, of a file or the environment, or asked for. @throws SelvageError `joiner-passphrase-invalid` */
export async function joinerSecret(
  surface: Surface,
  typed: string | undefined,
  file: string | undefined,
): Promise<Secret> {
  if (typed !== undefined) return joinerPassphrase(typed);
  const line = await secretLine(surface, file, {
    option: '--pskd-file',
    variable: 'SELVAGE_THREAD_PSKD',
    question: "The joiner's passphrase, as on its label (it is not shown):",
    missing: "the joiner's passphrase (PSKd) was not given",
  });
  return joinerPassphrase(new TextDecoder().decode(line.reveal()));
}
