import { describe, expect, it } from 'vitest';
import {
  addressesDevice,
  deviceKinds,
  type Outcome,
  parseUuid,
  type Requester,
  type ResourceFacts,
  type ResourceTable,
} from '../../src/index.js';
import { facts, get, owner, stranger, tableOf } from '../support/table.js';

interface Link {
  readonly href: string;
  readonly eps: readonly { readonly ep: string }[];
}

const hrefs = (value: unknown): readonly string[] => (value as readonly Link[]).map(({ href }) => href);
const light = deviceKinds.light();

describe('links of /oic/res (ocf.md §2)', () => {
  const schemes = (requester: Requester, href: string): readonly string[] => {
    const links = get(tableOf(light), '/oic/res', requester).value as readonly Link[];
    return links.filter((link) => link.href === href).flatMap(({ eps }) => eps.map(({ ep }) => ep.split(':')[0] ?? ''));
  };
  const both = ['coap', 'coaps'];

  it.each([
    ['/oic/d', both, both],
    ['/oic/sec/doxm', both, ['coaps']],
    ['/oic/sec/pstat', both, ['coaps']],
    ['/oic/sec/cred', ['coaps'], ['coaps']],
    ['/switch', ['coaps'], ['coaps']],
    ['/oic/wk/introspection', ['coaps'], ['coaps']],
  ])('%s is offered on %s while security resources are open, on %s otherwise', (href, open, closed) => {
    expect(schemes(stranger, href)).toEqual(open);
    expect(schemes(owner, href)).toEqual(closed);
  });

  it('are for each who asks what they are to that one, whoever asked before', () => {
    const table = tableOf(light);
    const plainly = { ...stranger, endpoints: { coap: stranger.endpoints.coap } };
    const ask = (requester: Requester): unknown => get(table, '/oic/res?rt=oic.r.doxm', requester).value;
    const shown = [stranger, owner, plainly].map((one) => (ask(one) as readonly [Link])[0].eps.length);
    expect(shown).toEqual([2, 1, 1]);
    expect(ask(stranger)).not.toEqual(ask(owner));
    expect(get(table, '/oic/res?rt=oic.r.doxm&if=oic.if.baseline', owner).value).toMatchObject([{ links: ask(owner) }]);
  });

  it('only /oic/res is its own self, and what is not discoverable is not listed', () => {
    const links = get(tableOf(light), '/oic/res').value as readonly { href: string; rel?: unknown }[];
    expect(links.filter(({ rel }) => rel !== undefined)).toMatchObject([{ href: '/oic/res', rel: ['self'] }]);
    expect(hrefs(links)).not.toContain('/oc/introspection');
  });

  it('has those of a type that is asked for, or of one of several', () => {
    const table = tableOf(light);
    expect(hrefs(get(table, '/oic/res?rt=oic.r.doxm').value)).toEqual(['/oic/sec/doxm']);
    expect(hrefs(get(table, '/oic/res?rt=oic.d.light').value)).toEqual(['/oic/d']);
    const several = hrefs(get(table, '/oic/res?rt=oic.r.light.dimming&rt=oic.r.switch.binary').value);
    expect(several).toEqual(['/switch', '/dimming']);
  });

  it('is no answer where nothing has the type: 4.00, which a group never hears', () => {
    for (const name of ['ll', 'baseline', 'b']) {
      expect(get(tableOf(light), `/oic/res?rt=nosuch&if=oic.if.${name}`)).toEqual({ code: '4.00' });
    }
  });
});

describe('/oic/res for a security domain', () => {
  const domain = { uuid: parseUuid('11111111-2222-4333-8444-555555555555'), name: 'Home' };
  const table = tableOf(light, { domain });

  it('names the domain in baseline, unless the device keeps it private', () => {
    const [shown] = get(table, '/oic/res?if=oic.if.baseline').value as [object];
    expect(Object.keys(shown)).toEqual(['rt', 'if', 'sduuid', 'sdname', 'links']);
    expect(shown).toMatchObject({ rt: ['oic.wk.res'], sduuid: domain.uuid, sdname: 'Home' });
    const [hidden] = get(tableOf(light), '/oic/res?if=oic.if.baseline').value as [object];
    expect(Object.keys(hidden)).toEqual(['rt', 'if', 'links']);
  });

  it('answers those who ask for its own domain only', () => {
    expect(get(table, `/oic/res?sduuid=${domain.uuid.toUpperCase()}`).code).toBe('2.05');
    expect(get(table, `/oic/res?sduuid=${facts.device}`).code).toBe('4.00');
    expect(get(tableOf(light), `/oic/res?sduuid=${domain.uuid}`).code).toBe('4.00');
  });
});

describe('/oic/res as a batch', () => {
  const only = (...paths: string[]): Requester => ({
    ...owner,
    allows: ({ path }: ResourceFacts, method) => method === 'GET' && paths.includes(path),
  });

  it('holds what the requester may read', () => {
    expect(get(tableOf(light), '/oic/res?if=oic.if.b', only('/switch', '/oic/p')).value).toEqual([
      { href: '/oic/p', rep: expect.objectContaining({ rt: ['oic.wk.p'], mnmn: 'Selvage' }) as object },
      { href: '/switch', rep: { rt: ['oic.r.switch.binary'], if: ['oic.if.a', 'oic.if.baseline'], value: false } },
    ]);
    expect(get(tableOf(light), '/oic/res?if=oic.if.b', only()).code).toBe('4.00');
  });

  it('needs a secured connection', () => {
    expect(get(tableOf(light), '/oic/res?if=oic.if.b', stranger)).toEqual({ code: '4.00' });
  });
});

describe('answers that are kept', () => {
  const ask = (table: ResourceTable, path: string, query: string[], port = 5684): Outcome => {
    const requester = { ...owner, endpoints: { coaps: `coaps://[fe80::1]:${port}` } };
    return table.handle({ method: 'GET', path, query }, requester);
  };

  it('are bounded, whatever strangers ask for', () => {
    const table = tableOf(light);
    const first = ask(table, '/oic/res', []);
    expect(ask(table, '/oic/res', [])).toBe(first);
    for (let n = 0; n < 16; n++) ask(table, '/oic/res', [`rt=oic.r.switch.binary&rt=x${n}`]);
    expect(ask(table, '/oic/res', [])).not.toBe(first);
    expect(ask(table, '/oic/res', []).payload).toEqual(first.payload);
  });

  it('are bounded, at however many addresses the device is reached', () => {
    const table = tableOf(light);
    const first = ask(table, '/oic/wk/introspection', []);
    expect(ask(table, '/oic/wk/introspection', [])).toBe(first);
    for (let port = 1; port <= 16; port++) ask(table, '/oic/wk/introspection', [], port);
    expect(ask(table, '/oic/wk/introspection', [])).not.toBe(first);
  });
});

describe('a request to a group that names devices', () => {
  it.each([
    [[], true],
    [['rt=x'], true],
    [[`di=${facts.device}`], true],
    [[`di=${facts.platform}`], false],
    [[`di=${facts.platform}`, `di=${facts.device}`], true],
    [[`di=${facts.platform}&di=${facts.device}`], true],
    [['di='], false],
    [['di'], false],
  ])('%j is for the device: %s', (args, expected) => {
    expect(addressesDevice(args, facts.device)).toBe(expected);
  });
});
