import { describe, expect, it } from 'vitest';
import { grantedPermissions } from '../../src/device/access/permissions.js';
import {
  applicationNeedsOperation,
  applicationNeedsSecurity,
  attestationIsForOnboarding,
  beforeOnboarding,
  entriesDecide,
  onboardingConfigures,
  onboardingExcludesPlain,
  resetServesNobody,
  resourceOwnerMay,
  rolesAreOpen,
  securityNeedsSecurity,
  unownedIsDiscoverable,
} from '../../src/device/access/rules.js';
import {
  type AccessedResource,
  type AccessQuestion,
  attestationPath,
  type Connection,
  decideAccess,
  deviceStateNames,
  nilUuid,
  securityPaths as at,
  type Uuid,
} from '../../src/index.js';
import { owner, stranger } from './support/world.js';

const secured = (peer: Uuid | undefined, more: Partial<Extract<Connection, { kind: 'secured' }>> = {}): Connection => ({
  kind: 'secured',
  onboarding: false,
  peer,
  byCertificate: false,
  roles: [],
  ...more,
});
const plain: Connection = { kind: 'plain' };
const doc = secured(undefined, { onboarding: true });

const application: AccessedResource = { path: '/switch', kind: 'application', discoverable: true, secure: true };
const hidden: AccessedResource = { ...application, path: '/hidden', discoverable: false };
const open: AccessedResource = { ...application, path: '/open', secure: false };
const configuration: AccessedResource = { ...application, path: '/oic/wk/con', kind: 'auxiliary' };
const directory: AccessedResource = { ...application, path: '/oic/res', kind: 'core', secure: false };
const security = (path: string): AccessedResource => ({ ...application, path, kind: 'security' });

function question(changes: Partial<AccessQuestion> = {}): AccessQuestion {
  return {
    method: 'GET',
    resource: application,
    connection: plain,
    state: 'RFNOP',
    onboardingOpen: false,
    rowners: { doxm: owner, pstat: owner, cred: owner, acl2: owner },
    entries: [],
    ...changes,
  };
}

const entry = (subject: AccessQuestion['entries'][number]['subject'], href = '/switch', permission = 2) => ({
  aceid: 1,
  subject,
  resources: [href.startsWith('/') ? { href } : { wc: href as '*' }],
  permission,
});

describe('access (section 8 of the protocol note), rule by rule', () => {
  it('a device that resets serves nobody', () => {
    expect(resetServesNobody(question({ state: 'RESET', connection: secured(owner) }))).toBe('deny');
    for (const state of deviceStateNames.slice(1)) expect(resetServesNobody(question({ state }))).toBeUndefined();
  });

  it('attestation is for the onboarding connection of a device without an owner, and for nothing else', () => {
    const attestation: AccessedResource = { ...application, path: attestationPath, kind: 'attestation' };
    const rowners = { doxm: owner, pstat: owner, cred: owner, acl2: owner };
    const entries = [entry({ conntype: 'anon-clear' }, attestationPath, 31), entry({ uuid: owner }, '*', 31)];
    const connections = [plain, doc, secured(undefined), secured(owner), secured(owner, { byCertificate: true })];
    let [allowed, denied] = [0, 0];
    for (const state of deviceStateNames) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE'] as const) {
        for (const connection of connections) {
          for (const onboardingOpen of [false, true]) {
            const asked = { method, resource: attestation, connection, state, onboardingOpen, rowners, entries };
            const isAllowed = decideAccess(asked).allowed;
            expect(isAllowed).toBe(state === 'RFOTM' && connection === doc);
            if (isAllowed) allowed++;
            else denied++;
          }
        }
      }
    }
    expect([allowed, denied]).toEqual([8, 192]);
    expect(attestationIsForOnboarding(question({ connection: doc, state: 'RFOTM' }))).toBeUndefined();
  });

  it('1: the onboarding connection excludes what comes in the clear, in RFOTM', () => {
    const asked = question({ state: 'RFOTM', onboardingOpen: true });
    expect(onboardingExcludesPlain(asked)).toBe('deny');
    expect(onboardingExcludesPlain({ ...asked, connection: doc })).toBeUndefined();
    expect(onboardingExcludesPlain({ ...asked, onboardingOpen: false })).toBeUndefined();
    expect(onboardingExcludesPlain({ ...asked, state: 'RFPRO' })).toBeUndefined();
  });

  it('2: what does not configure the device answers in RFNOP only', () => {
    for (const resource of [application, configuration]) {
      for (const state of deviceStateNames) {
        const expected = state === 'RFNOP' ? undefined : 'deny';
        expect(applicationNeedsOperation(question({ resource, state, connection: doc }))).toBe(expected);
      }
    }
    expect(applicationNeedsOperation(question({ resource: directory, state: 'RFPRO' }))).toBeUndefined();
  });

  it('3: the application is never served in the clear, not even by an entry for everybody', () => {
    const entries = [entry({ conntype: 'anon-clear' }, '*', 31)];
    expect(applicationNeedsSecurity(question({ entries }))).toBe('deny');
    expect(applicationNeedsSecurity(question({ connection: secured(owner) }))).toBeUndefined();
    expect(applicationNeedsSecurity(question({ resource: configuration }))).toBeUndefined();
    expect(decideAccess(question({ entries })).allowed).toBe(false);
  });

  it('4: over the onboarding connection everything that configures the device is served, whatever the state', () => {
    for (const resource of [directory, security(at.cred), security(at.ael)]) {
      expect(onboardingConfigures(question({ resource, connection: doc, method: 'DELETE' }))).toBe('allow');
    }
    expect(onboardingConfigures(question({ connection: doc }))).toBeUndefined();
    expect(onboardingConfigures(question({ resource: directory, connection: secured(owner) }))).toBeUndefined();
  });

  it('5: a device without an owner is discoverable', () => {
    expect(unownedIsDiscoverable(question({ state: 'RFOTM', resource: directory }))).toBe('allow');
    expect(unownedIsDiscoverable(question({ state: 'RFOTM', resource: directory, method: 'POST' }))).toBeUndefined();
    expect(unownedIsDiscoverable(question({ state: 'RFNOP', resource: directory }))).toBeUndefined();
    expect(unownedIsDiscoverable(question({ state: 'RFOTM', resource: security(at.cred) }))).toBeUndefined();
  });

  it('6: before the onboarding connection doxm is open, pstat can be read, and nothing else', () => {
    const asked = (path: string, method: AccessQuestion['method'] = 'GET') =>
      beforeOnboarding(question({ state: 'RFOTM', resource: security(path), method }));
    expect([asked(at.doxm), asked(at.doxm, 'POST'), asked(at.pstat)]).toEqual(['allow', 'allow', 'allow']);
    expect([asked(at.pstat, 'POST'), asked(at.cred), asked(at.roles)]).toEqual(['deny', 'deny', 'deny']);
    expect(beforeOnboarding(question({ state: 'RFOTM', onboardingOpen: true }))).toBeUndefined();
    expect(beforeOnboarding(question({ state: 'RFPRO', resource: security(at.cred) }))).toBeUndefined();
  });

  it('7: security resources are not served in the clear, whatever an entry says', () => {
    const entries = [entry({ conntype: 'anon-clear' }, at.sdi)];
    for (const state of ['RFPRO', 'RFNOP', 'SRESET'] as const) {
      expect(securityNeedsSecurity(question({ state, resource: security(at.sdi), entries }))).toBe('deny');
    }
    expect(securityNeedsSecurity(question({ resource: directory }))).toBeUndefined();
  });

  it.each(['doxm', 'pstat', 'cred', 'acl2'] as const)('8: the owner of %s may all with it, and nobody else', (name) => {
    const rowners = { doxm: nilUuid, pstat: nilUuid, cred: nilUuid, acl2: nilUuid, [name]: owner };
    const asked = (path: string, peer: Uuid | undefined) =>
      resourceOwnerMay(question({ resource: security(path), connection: secured(peer), rowners, method: 'DELETE' }));
    expect(asked(at[name], owner)).toBe('allow');
    expect(asked(at[name], stranger)).toBeUndefined();
    expect(asked(at[name], undefined)).toBeUndefined();
    for (const other of ['doxm', 'pstat', 'cred', 'acl2', 'sp', 'sdi'] as const) {
      if (other !== name) expect(asked(at[other], owner)).toBeUndefined();
      if (other !== name) expect(asked(at[other], nilUuid)).toBeUndefined();
    }
  });

  it('9: whoever has a secured connection may show roles', () => {
    const asked = { resource: security(at.roles), connection: secured(stranger), method: 'POST' } as const;
    for (const state of ['RFPRO', 'RFNOP', 'SRESET'] as const) {
      expect(rolesAreOpen(question({ ...asked, state }))).toBe('allow');
    }
    expect(rolesAreOpen(question({ ...asked, connection: plain }))).toBeUndefined();
    expect(rolesAreOpen(question({ ...asked, state: 'RFOTM' }))).toBeUndefined();
  });
});

describe('10: entries', () => {
  const granted = (changes: Partial<AccessQuestion>) => grantedPermissions(question(changes));

  it('of a subject are that device’s', () => {
    const entries = [entry({ uuid: stranger })];
    expect(granted({ entries, connection: secured(stranger) })).toBe(2);
    expect(granted({ entries, connection: secured(owner) })).toBe(0);
    expect(granted({ entries, connection: secured(undefined) })).toBe(0);
    expect(granted({ entries, connection: plain })).toBe(0);
  });

  it('of a role are of those who hold it; without an authority of whoever granted it', () => {
    const holder = secured(stranger, { roles: [{ role: 'x.user', authority: 'Root' }] });
    expect(granted({ entries: [entry({ role: 'x.user' })], connection: holder })).toBe(2);
    expect(granted({ entries: [entry({ role: 'x.user', authority: 'Root' })], connection: holder })).toBe(2);
    expect(granted({ entries: [entry({ role: 'x.user', authority: 'Other' })], connection: holder })).toBe(0);
    expect(granted({ entries: [entry({ role: 'x.admin' })], connection: holder })).toBe(0);
  });

  it('are not needed by the role of the owner, if a certificate grants it', () => {
    const roles = [{ role: 'oic.role.owner' }];
    expect(granted({ connection: secured(stranger, { roles, byCertificate: true }) })).toBe(31);
    expect(granted({ connection: secured(stranger, { roles }) })).toBe(0);
  });

  it('of a connection type are of those who authenticate, or of all; never for security resources', () => {
    const crypt = [entry({ conntype: 'auth-crypt' })];
    const clear = [entry({ conntype: 'anon-clear' })];
    const ways = [secured(stranger), secured(undefined), plain];
    expect(ways.map((connection) => granted({ entries: crypt, connection }))).toEqual([2, 0, 0]);
    expect(ways.map((connection) => granted({ entries: clear, connection }))).toEqual([2, 2, 2]);
    for (const conntype of ['auth-crypt', 'anon-clear'] as const) {
      const entries = [entry({ conntype }, at.sdi)];
      expect(granted({ entries, resource: security(at.sdi), connection: secured(stranger) })).toBe(0);
    }
  });

  it('name resources one by one or by wildcards, which never match what configures the device', () => {
    const resources = [application, hidden, open, directory, security(at.cred)];
    const matched = (wildcard: string) =>
      resources.map((resource) =>
        granted({ entries: [entry({ uuid: owner }, wildcard)], resource, connection: secured(owner) }),
      );
    expect(matched('*')).toEqual([2, 2, 2, 0, 0]);
    expect(matched('+')).toEqual([2, 0, 2, 0, 0]);
    expect(matched('-')).toEqual([0, 0, 2, 0, 0]);
    expect(matched('/oic/res')).toEqual([0, 0, 0, 2, 0]);
    expect(matched('/switch')).toEqual([2, 0, 0, 0, 0]);
  });

  it('add up', () => {
    const entries = [entry({ uuid: owner }, '/switch', 2), entry({ conntype: 'auth-crypt' }, '*', 4)];
    expect(granted({ entries, connection: secured(owner) })).toBe(6);
  });
});

describe('11: methods', () => {
  const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
  it.each([
    [0, []],
    [1, ['POST', 'PUT']],
    [2, ['GET']],
    [4, ['POST', 'PUT']],
    [8, ['DELETE']],
    [16, ['GET']],
    [31, methods],
  ] as const)('that permission %i allows', (permission, allowed) => {
    const entries = [entry({ uuid: owner }, '/switch', permission)];
    for (const method of methods) {
      const expected = allowed.some((one) => one === method) ? 'allow' : 'deny';
      expect(entriesDecide(question({ entries, connection: secured(owner), method }))).toBe(expected);
    }
  });
});

describe('a stranger', () => {
  const resources = [application, hidden, open, configuration, directory, ...Object.values(at).map(security)];
  const connections: readonly Connection[] = [plain, secured(undefined), secured(stranger)];
  const cases = deviceStateNames.flatMap((state) =>
    [false, true].flatMap((onboardingOpen) =>
      resources.flatMap((resource) =>
        connections.flatMap((connection) =>
          (['GET', 'POST', 'PUT', 'DELETE'] as const).map((method) => ({
            state,
            onboardingOpen,
            resource,
            connection,
            method,
          })),
        ),
      ),
    ),
  );

  it('gets nothing but what discovery and roles need, in any state, by any connection', () => {
    const allowed = cases.filter((one) => decideAccess(question(one)).allowed);
    const inWords = allowed.map(({ state, connection, method, resource }) => {
      const how = connection.kind === 'plain' ? 'plain' : connection.peer === undefined ? 'anonymous' : 'known';
      return `${state} ${how} ${method} ${resource.path}`;
    });
    expect(cases).toHaveLength(5 * 2 * 14 * 3 * 4);
    const unowned = ['plain', 'anonymous', 'known'].flatMap((how) => [
      ...['GET', 'POST', 'PUT', 'DELETE'].map((method) => `RFOTM ${how} ${method} ${at.doxm}`),
      `RFOTM ${how} GET ${at.pstat}`,
      `RFOTM ${how} GET /oic/res`,
    ]);
    const roles = ['RFPRO', 'RFNOP', 'SRESET'].flatMap((state) =>
      ['anonymous', 'known'].flatMap((how) =>
        ['GET', 'POST', 'PUT', 'DELETE'].map((method) => `${state} ${how} ${method} ${at.roles}`),
      ),
    );
    // Sessions that are not the onboarding connection do not exist in RFOTM; the rules would let them discover.
    const during = ['anonymous', 'known'].map((how) => `RFOTM ${how} GET /oic/res`);
    expect([...new Set(inWords)].sort()).toEqual([...new Set([...unowned, ...roles, ...during])].sort());
  });
});
