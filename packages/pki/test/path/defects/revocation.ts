import * as der from '../../support/der-writer.js';
import { authorityKeyIdentifier, judgedAt, keyUsage, withExtension } from '../../support/chains.js';
import { ecdsa, type ForgedList, plainExtension, testKey } from '../../support/forge.js';
import { type Defect, isBelowAnchor, isLeaf, isManufacturer, type Place, type Scenario, target } from './defect.js';

const day = 86_400_000;
const unrelated = { serial: der.integer(0x77, 0x01) } as const;

/** One sound list of each authority, which names a certificate that is not in the chain. */
function soundLists({ chain }: Scenario): ForgedList[] {
  return chain.slice(1).map((authority, at) => ({
    issuer: authority.subject,
    thisUpdate: judgedAt - day,
    nextUpdate: judgedAt + day,
    revoked: [unrelated],
    extensions: [authorityKeyIdentifier(at + 1), plainExtension('2.5.29.20', der.integer(at + 1))],
    signer: ecdsa(testKey(at + 1)),
  }));
}

/** The lists are sound but for that of the certificate's issuer. */
function listed(
  name: string,
  change: (list: ForgedList, scenario: Scenario, place: Place) => ForgedList | undefined,
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return {
    name,
    at: isBelowAnchor,
    ...rest,
    apply(scenario, place) {
      scenario.lists = soundLists(scenario).flatMap((list, at) =>
        at === place.position ? (change(list, scenario, place) ?? []) : list,
      );
    },
  };
}

const revoked = { expected: 'certificate-revoked' } as const;
const undecided = { expected: 'certificate-unknown' } as const;
const narrow = plainExtension('2.5.29.28', der.sequence(der.primitive(1, Uint8Array.of(0xff))), true);

/** The list with the certificate in it. */
function naming(list: ForgedList, scenario: Scenario, place: Place, reason?: number): ForgedList {
  const { serial } = target(scenario, place);
  return { ...list, revoked: [unrelated, reason === undefined ? { serial } : { serial, reason }] };
}

/** RFC 5280 §5, §6.3. */
export const revocationDefects: readonly Defect[] = [
  listed('not in the list', (list) => list, { expected: 'accepted' }),
  listed('in a list without entries', (list) => ({ ...list, revoked: [] }), { expected: 'accepted' }),
  listed('revoked', (list, scenario, place) => naming(list, scenario, place), revoked),
  listed('revoked: keyCompromise', (list, scenario, place) => naming(list, scenario, place, 1), revoked),
  listed('revoked: certificateHold', (list, scenario, place) => naming(list, scenario, place, 6), revoked),
  listed('no list', () => undefined, undecided),
  listed(
    'a list of yesterday',
    (list) => ({ ...list, thisUpdate: judgedAt - 2 * day, nextUpdate: judgedAt - day }),
    undecided,
  ),
  listed(
    'revoked in a list of yesterday',
    (list, scenario, place) => ({
      ...naming(list, scenario, place),
      thisUpdate: judgedAt - 2 * day,
      nextUpdate: judgedAt - day,
    }),
    revoked,
  ),
  listed(
    'a list of tomorrow',
    (list) => ({ ...list, thisUpdate: judgedAt + day, nextUpdate: judgedAt + 2 * day }),
    undecided,
  ),
  listed('a list without an end', (list) => ({ ...list, nextUpdate: undefined }), { expected: 'accepted' }),
  listed('a list with another signature', (list) => ({ ...list, signer: ecdsa(testKey(77)) }), undecided),
  listed(
    'revoked in a list with another signature',
    (list, scenario, place) => ({
      ...naming(list, scenario, place),
      signer: ecdsa(testKey(77)),
    }),
    undecided,
  ),
  listed('a list of a part of the certificates', (list) => ({ ...list, extensions: [...list.extensions, narrow] }), {
    ...undecided,
    openssl: (place) =>
      isLeaf(place) && place.shape.authorities > 1 ? 'OpenSSL processes issuingDistributionPoint' : undefined,
  }),
  listed(
    'a list with an unknown critical extension',
    (list) => ({
      ...list,
      extensions: [...list.extensions, plainExtension('1.3.6.1.4.1.55555.3', der.element(0x05), true)],
    }),
    undecided,
  ),
  listed(
    'an entry with an unknown critical extension',
    (list) => ({
      ...list,
      entryExtensions: [plainExtension('1.3.6.1.4.1.55555.3', der.element(0x05), true)],
    }),
    undecided,
  ),
  listed(
    'a list of an authority without cRLSign',
    (list, { chain }, { position }) => {
      const issuer = chain[position + 1];
      if (issuer !== undefined) withExtension(issuer, keyUsage('keyCertSign'));
      return list;
    },
    { ...undecided, at: (place) => isBelowAnchor(place) && !isManufacturer(place) },
  ),
  listed(
    'a list signed with SHA-512',
    (list, _, { position }) => ({ ...list, signer: ecdsa(testKey(position + 1), 'sha512') }),
    {
      ...undecided,
      openssl: 'only ECDSA on P-256 with SHA-256 is let pass here',
    },
  ),
];
