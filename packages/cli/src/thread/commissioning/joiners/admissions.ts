import { fromHex, type Secret, SelvageError } from '@selvage/core';
import { joinerPassphrase, type JoinerSelector, parseDiscerner, parseJoinerLabel, selectorText } from '@selvage/thread';

/** Who is to be let in, and by which passphrase. */
export interface Admission {
  readonly selector: JoinerSelector;
  readonly passphrase: Secret;
}

const wrongSelector = 'give an EUI-64 of 16 hexadecimal digits, a discerner such as 0xabc/12, or any';

/** Reads `18b4300000000002`, `18:b4:30:…`, `0xabc/12` or `any`. @throws SelvageError `invalid-argument` */
export function joinerSelector(text: string): JoinerSelector {
  if (text === 'any' || text === '*') return { kind: 'any' };
  if (text.includes('/')) return { kind: 'discerner', discerner: parseDiscerner(text) };
  return { kind: 'eui64', eui64: eui64Of(text, `${JSON.stringify(text)} is no joiner`, wrongSelector) };
}

/**
 * Reads `18b4300000000002` or `18:b4:30:…`.
 * @param problem what to say of one that is wrong, and `remedy` what to do
 * @throws SelvageError `invalid-argument`
 */
export function eui64Of(
  text: string,
  problem = `--eui64 ${JSON.stringify(text)} is no EUI-64`,
  remedy = 'give its 16 hexadecimal digits, as on the label',
): Uint8Array {
  const digits = text.replaceAll(/[:-]/g, '');
  if (/^[0-9a-f]{16}$/i.test(digits)) return fromHex(digits);
  throw new SelvageError('invalid-argument', problem, { remedy, details: { length: digits.length } });
}

/**
 * The text of a QR code. It is said as it is on a label; what else stands beside it has to be the same.
 * @throws SelvageError `joiner-label-invalid`, `joiner-passphrase-invalid`
 */
export function labelled(text: string): Admission {
  const { eui64, passphrase } = parseJoinerLabel(text);
  return { selector: { kind: 'eui64', eui64 }, passphrase };
}

/**
 * A list of joiners: each line a joiner and its passphrase, or the text of its QR code; empty ones and what follows a `#`
 * at the beginning of a line are left out.
 * @throws SelvageError that names the line, never with the passphrase
 */
export function admissionList(text: string): readonly Admission[] {
  const admissions = text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) return [];
    try {
      return [admissionOf(words)];
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      const { code, message, remedy } = error;
      throw new SelvageError(code, `line ${index + 1}: ${message}`, { ...(remedy !== undefined && { remedy }) });
    }
  });
  const names = admissions.map(({ selector }) => selectorText(selector));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SelvageError('invalid-argument', `${twice} is in the list twice`);
  if (admissions.length > 0) return admissions;
  throw new SelvageError('invalid-argument', 'the list has no joiner', {
    remedy: 'write a line for each: its EUI-64 and its passphrase, or the text of its QR code',
  });
}

function admissionOf(line: string): Admission {
  if (/^v=/i.test(line)) return labelled(line);
  const [who = '', passphrase = '', ...more] = line.split(/[\s,;]+/);
  if (more.length > 0) throw new SelvageError('invalid-argument', 'there is more than a joiner and a passphrase');
  return { selector: joinerSelector(who), passphrase: joinerPassphrase(passphrase) };
}
