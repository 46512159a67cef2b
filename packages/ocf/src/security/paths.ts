/** Where the security virtual resources are. */
export const securityPaths = {
  doxm: '/oic/sec/doxm',
  pstat: '/oic/sec/pstat',
  cred: '/oic/sec/cred',
  acl2: '/oic/sec/acl2',
  roles: '/oic/sec/roles',
  csr: '/oic/sec/csr',
  sp: '/oic/sec/sp',
  sdi: '/oic/sec/sdi',
  ael: '/oic/sec/ael',
} as const;

/** A security virtual resource, by the last segment of its path. */
export type SecurityResourceName = keyof typeof securityPaths;

/** All security virtual resources. */
export const securityResourceNames = Object.keys(securityPaths) as readonly SecurityResourceName[];

/** The security virtual resource of a path; `undefined` for any other path. */
export function securityResourceOf(path: string): SecurityResourceName | undefined {
  return byPath.get(path);
}

/** The resource type of a security virtual resource, such as `oic.r.doxm`. */
export function securityResourceType(name: SecurityResourceName): string {
  return `oic.r.${name}`;
}

const byPath = new Map<string, SecurityResourceName>(securityResourceNames.map((name) => [securityPaths[name], name]));
