import * as der from '../../support/der-writer.js';
import { judgedAt } from '../../support/chains.js';
import { type Defect, target } from './defect.js';

const [second, day] = [1000, 86_400_000];

function validity(
  name: string,
  notBefore: Uint8Array,
  notAfter: Uint8Array,
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  const apply: Defect['apply'] = (scenario, place) => Object.assign(target(scenario, place), { notBefore, notAfter });
  return { name, apply, ...rest };
}

const from = (offset: number): Uint8Array => der.utcTime(judgedAt + offset);
const expired = { expected: 'certificate-expired' } as const;
const accepted = { expected: 'accepted' } as const;

/** RFC 5280 §4.1.2.5. */
export const timeDefects: readonly Defect[] = [
  validity('expired a day ago', from(-9 * day), from(-day), expired),
  validity('expired a second ago', from(-9 * day), from(-second), expired),
  validity('ends this second', from(-9 * day), from(0), {
    ...accepted,
    openssl: 'RFC 5280 includes the last second, OpenSSL does not',
  }),
  validity('begins this second', from(0), from(day), accepted),
  validity('begins in a second', from(second), from(day), expired),
  validity('begins in a day', from(day), from(9 * day), expired),
  validity('ends before it begins', from(day), from(-day), expired),
  validity('never expires', from(-day), der.generalizedTime(Date.UTC(9999, 11, 31, 23, 59, 59)), accepted),
  validity('GeneralizedTime before 2050', der.generalizedTime(judgedAt - day), from(day), accepted),
  validity('of 1999', der.utcTime(Date.UTC(1998, 0, 1)), der.utcTime(Date.UTC(1999, 0, 1)), expired),
  validity('a time without seconds', der.text(0x17, '2601010000Z'), from(day), { expected: 'bad-certificate' }),
  validity('a time with an offset', der.text(0x17, '260101000000+0100'), from(day), { expected: 'bad-certificate' }),
  validity('a thirteenth month', der.text(0x17, '251301000000Z'), from(day), { expected: 'bad-certificate' }),
];
