import type { ResourceFacts } from '../../model/resource.js';
import {
  type SecurityResourceName,
  securityPaths,
  securityResourceNames,
  securityResourceType,
} from '../../security/paths.js';

/** Those that a device without an owner offers unsecured too. */
const open: readonly SecurityResourceName[] = ['doxm', 'pstat'];

/** The security virtual resources of every device, as links and access rules see them. */
export const securityResources = Object.fromEntries(
  securityResourceNames.map((name) => [name, factsOf(name)]),
) as Readonly<Record<SecurityResourceName, ResourceFacts>>;

function factsOf(name: SecurityResourceName): ResourceFacts {
  return {
    path: securityPaths[name],
    types: [securityResourceType(name)],
    interfaces: ['oic.if.rw', 'oic.if.baseline'],
    kind: 'security',
    discoverable: true,
    observable: name === 'pstat',
    secure: !open.includes(name),
  };
}
