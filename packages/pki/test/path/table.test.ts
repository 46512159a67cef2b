import { describe, expect, it } from 'vitest';
import { describeWithOpenssl } from '../support/openssl.js';
import { opensslVerdicts } from './openssl-verify.js';
import { groups, judge, type Row, rows, verdictOf } from './table.js';

const table = [...rows()];

/** Rows by group: every defect × every position of seven shapes of chain where it can be. */
const rowCounts = {
  time: 286,
  signature: 264,
  names: 232,
  extensions: 333,
  authority: 293,
  leaf: 177,
  'name constraints': 393,
  encoding: 257,
  revocation: 253,
};

/** Rows in which OpenSSL comes to the other verdict, by the reason. */
const differences = {
  'OCF asks for more than RFC 5280': 102,
  'OCF has only roots certify themselves': 4,
  'OpenSSL 3 does not count anyExtendedKeyUsage where it looks for one purpose': 17,
  'OpenSSL asks for that only with -x509_strict': 7,
  'OpenSSL does not ask for the version': 44,
  'OpenSSL does not know the extension': 44,
  'OpenSSL does not look at the key of a leaf': 7,
  'OpenSSL does not look at the key identifiers of an anchor': 7,
  'OpenSSL knows no OCF purposes, and so misses none of an authority': 9,
  'OpenSSL lets an anchor pass for its keyUsage': 7,
  'OpenSSL lets an authority be a server as well': 7,
  'OpenSSL looks for doubles of extensions that it knows': 22,
  'OpenSSL processes issuingDistributionPoint': 5,
  'OpenSSL reads BER': 59,
  'OpenSSL reads the certificate and leaves the rest': 44,
  'RFC 5280 includes the last second, OpenSSL does not': 22,
  'RFC 5280 §4.2.1.1 finds issuers by it and judges by the signature; OpenSSL takes it for a refusal': 15,
  'RFC 5758 §3.2 has no parameters for ECDSA; OpenSSL passes over them': 22,
  'keys of P-256 encipher nothing; OpenSSL asks for any of the three usages of TLS': 7,
  'only ECDSA on P-256 with SHA-256 is let pass here': 88,
  'policies are not processed here, so a critical one is refused (RFC 5280 §4.2)': 22,
  'the signature of a trust anchor on itself proves nothing, and is not looked at': 7,
  'version 1 says nothing of purposes; OpenSSL takes it for all': 14,
};

describe('every defect in every position of a chain (RFC 5280 §6, OCF)', () => {
  it('makes 2488 chains', () => {
    expect(countBy(table, ({ group }) => group)).toEqual(rowCounts);
    expect(table.length).toBe(2488);
    expect(new Set(table.map(({ title }) => title)).size).toBe(table.length);
  });

  it('has accepted and refused chains of every group', () => {
    for (const group of Object.keys(groups)) {
      const verdicts = new Set(
        table.filter((row) => row.group === group).map(({ expected }) => expected === 'accepted'),
      );
      expect([group, verdicts.size]).toEqual([group, 2]);
    }
  });

  for (const group of Object.keys(groups)) {
    const part = table.filter((row) => row.group === group);
    it(`comes to the right verdict: ${group}, ${part.length} chains`, () => {
      expect(part.flatMap(wrongVerdict)).toEqual([]);
    });

    it(`names the certificate, its position and the check: ${group}`, () => {
      expect(part.flatMap(wrongBlame)).toEqual([]);
    });
  }
});

describeWithOpenssl('the same chains before openssl verify', () => {
  for (const group of Object.keys(groups)) {
    const part = table.filter((row) => row.group === group);
    it(`have its verdict where no difference is named: ${group}, ${part.length} chains`, async () => {
      const verdicts = await opensslVerdicts(part);
      const wrong = verdicts.filter(({ row, accepts }) => {
        const differs = accepts !== (row.expected === 'accepted');
        return differs !== (row.difference !== undefined);
      });
      expect(wrong.map(({ row, accepts, output }) => ({ title: row.title, accepts, output }))).toEqual([]);
      expect(verdicts.length).toBe(part.length);
    });
  }

  it('differ in 582 chains, for 23 reasons', () => {
    const differing = table.filter(({ difference }) => difference !== undefined);
    expect(countBy(differing, ({ difference }) => difference as string)).toEqual(differences);
    expect([differing.length, Object.keys(differences).length]).toEqual([582, 23]);
  });
});

function countBy(list: readonly Row[], key: (row: Row) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of list) counts[key(row)] = (counts[key(row)] ?? 0) + 1;
  return counts;
}

function wrongVerdict(row: Row): string[] {
  const judgement = judge(row);
  const verdict = verdictOf(judgement);
  if (verdict === row.expected) return [];
  return [
    `${row.title}: ${verdict} instead of ${row.expected}${judgement.accepted ? '' : `: ${judgement.error.message}`}`,
  ];
}

/** What is wrong with how a refusal is told; an anchor that cannot be read has no position yet. */
function wrongBlame(row: Row): string[] {
  const judgement = judge(row);
  if (judgement.accepted) return [];
  const { details = {}, message } = judgement.error;
  const { check, position } = details;
  if (position === undefined && row.place.where === 'anchor' && /^not an X\.509/.test(message)) return [];
  const isRight = row.showsBelow ? Number(position) < row.place.position : position === row.place.position;
  const isTold =
    message.includes(`fails the ${String(check)} check: `) && message.includes(whichOf(row, Number(position)));
  return isRight && isTold ? [] : [`${row.title}: blames ${String(position)}: ${message}`];
}

function whichOf({ place }: Row, position: number): string {
  return position === place.shape.authorities ? 'the trust anchor' : `certificate ${position} of the chain`;
}
