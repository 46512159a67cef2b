import * as der from '../../support/der-writer.js';
import { alternativeNames, directoryName, ids, primitiveName, withExtension } from '../../support/chains.js';
import { plainExtension } from '../../support/forge.js';
import { type Defect, isAuthority, type Place, where } from './defect.js';

/** NameConstraints of permitted and excluded bases. */
function constraints(
  permitted: readonly Uint8Array[],
  excluded: readonly Uint8Array[] = [],
  critical = true,
): Parameters<typeof withExtension>[1] {
  const trees = (number: number, bases: readonly Uint8Array[]): Uint8Array =>
    bases.length === 0 ? der.nothing : der.context(number, ...bases.map((base) => der.sequence(base)));
  return plainExtension(ids.nameConstraints, der.sequence(trees(0, permitted), trees(1, excluded)), critical);
}

function constrained(
  name: string,
  extension: Parameters<typeof withExtension>[1],
  rest: Omit<Defect, 'name' | 'apply'>,
): Defect {
  return {
    name,
    at: isAuthority,
    showsBelow: () => true,
    ...rest,
    apply: ({ chain }, { position }) => withExtension(chain[position] as (typeof chain)[number], extension),
  };
}

const lab = directoryName(['O', 'Lab']);
const other = directoryName(['O', 'Other']);
const network = (...bytes: readonly number[]): Uint8Array => der.primitive(7, Uint8Array.from(bytes));
const isRole = ({ shape }: Place): boolean => shape.purpose.leaf.grantsRoles;
/** The leaf of a TLS server has a host name and an address; others have none. */
const hasHost = ({ shape }: Place): boolean => !shape.isOcf;
const forHosts = { expected: where(hasHost, 'bad-certificate', 'accepted') } as const;

const unreadable = { expected: 'bad-certificate', showsBelow: () => false } as const;

/** RFC 5280 §4.2.1.10: on the names of every certificate below. */
export const constraintDefects: readonly Defect[] = [
  constrained('permits the names below', constraints([lab]), {
    // The directoryName of a role is a name like any other, and not below O=Lab.
    expected: where(isRole, 'bad-certificate', 'accepted'),
  }),
  constrained('permits the names below, in capitals', constraints([directoryName(['O', 'LAB'])]), {
    expected: where(isRole, 'bad-certificate', 'accepted'),
  }),
  constrained(
    'permits the names below and those of roles',
    constraints([lab, directoryName(['CN', 'lab.role.user'])]),
    {
      expected: 'accepted',
    },
  ),
  constrained('permits other names', constraints([other]), { expected: 'bad-certificate' }),
  constrained('permits other names, not critical', constraints([other], [], false), { expected: 'bad-certificate' }),
  constrained('permits no longer names', constraints([directoryName(['O', 'Lab'], ['CN', 'x'], ['OU', 'y'])]), {
    expected: 'bad-certificate',
  }),
  constrained('excludes the names below', constraints([], [lab]), { expected: 'bad-certificate' }),
  constrained('excludes other names', constraints([], [other]), { expected: 'accepted' }),
  constrained('permits and excludes them', constraints([lab, other], [lab]), { expected: 'bad-certificate' }),
  constrained('permits other hosts', constraints([primitiveName(2, 'other.example')]), forHosts),
  constrained('permits the host', constraints([primitiveName(2, 'lab.example')]), { expected: 'accepted' }),
  constrained('permits the host, in capitals', constraints([primitiveName(2, 'LAB.Example')]), {
    expected: 'accepted',
  }),
  constrained('permits hosts that end alike', constraints([primitiveName(2, 'ab.example')]), forHosts),
  constrained('excludes the host', constraints([], [primitiveName(2, 'lab.example')]), forHosts),
  constrained('excludes the host itself', constraints([], [primitiveName(2, 'lamp.lab.example')]), forHosts),
  constrained('excludes hosts below it', constraints([], [primitiveName(2, 'x.lamp.lab.example')]), {
    expected: 'accepted',
  }),
  constrained('permits its network', constraints([network(192, 0, 2, 0, 255, 255, 255, 0)]), { expected: 'accepted' }),
  constrained('permits another network', constraints([network(198, 51, 100, 0, 255, 255, 255, 0)]), forHosts),
  constrained('excludes its network', constraints([], [network(192, 0, 2, 0, 255, 255, 255, 0)]), forHosts),
  constrained('permits a network of IPv6', constraints([network(...new Uint8Array(32))]), forHosts),
  constrained('excludes mail, which nobody has', constraints([], [primitiveName(1, 'lab.example')]), {
    expected: 'accepted',
  }),
  constrained('permits mail, which nobody has', constraints([primitiveName(1, 'lab.example')]), {
    expected: 'accepted',
  }),
  constrained('a subtree that is not whole', oddSubtree(der.primitive(0, Uint8Array.of(1))), unreadable),
  constrained('a subtree with an end', oddSubtree(der.primitive(1, Uint8Array.of(3))), unreadable),
  constrained('constraints of nothing', constraints([]), { expected: 'accepted' }),
  {
    name: 'a host that may be below, with a mail address that may not',
    at: (place) => isAuthority(place) && hasHost(place),
    showsBelow: () => true,
    apply: ({ chain }, { position }) => {
      const [leaf] = chain;
      if (leaf !== undefined) withExtension(leaf, alternativeNames(primitiveName(1, 'a@other.example')));
      withExtension(chain[position] as (typeof chain)[number], constraints([primitiveName(1, 'lab.example')]));
    },
    expected: 'bad-certificate',
  },
  {
    name: 'a URI on a host that may not be',
    at: (place) => isAuthority(place) && hasHost(place),
    showsBelow: () => true,
    apply: ({ chain }, { position }) => {
      const [leaf] = chain;
      if (leaf !== undefined) withExtension(leaf, alternativeNames(primitiveName(6, 'https://other.example/x')));
      withExtension(chain[position] as (typeof chain)[number], constraints([primitiveName(6, '.lab.example')]));
    },
    expected: 'bad-certificate',
  },
  {
    name: 'a URI on a host that may be',
    at: (place) => isAuthority(place) && hasHost(place),
    showsBelow: () => true,
    apply: ({ chain }, { position }) => {
      const [leaf] = chain;
      if (leaf !== undefined)
        withExtension(leaf, alternativeNames(primitiveName(6, 'https://lamp.lab.example:8443/x')));
      withExtension(chain[position] as (typeof chain)[number], constraints([primitiveName(6, '.lab.example')]));
    },
    expected: 'accepted',
  },
];

function oddSubtree(distance: Uint8Array): Parameters<typeof withExtension>[1] {
  return plainExtension(ids.nameConstraints, der.sequence(der.context(0, der.sequence(lab, distance))), true);
}
