import { decodeCbor, fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { nilUuid, parseUuid, type Requester, type ResourceTable } from '../../src/index.js';
import { type CapturedResponse, exchangesOf, flows, isWhole } from '../captures/support/flows.js';
import { simpleServer } from '../support/simple-server.js';
import { answerOf, facts, owner, plain, stranger, tableOf } from '../support/table.js';

interface Link {
  readonly anchor: string;
  readonly href: string;
  readonly eps: readonly { readonly ep: string }[];
}

const body = ({ payload }: CapturedResponse): unknown => plain(decodeCbor(fromHex(payload), { repeatedKeys: 'last' }));

/** All answers of captured `simpleserver`s to requests that do not concern security resources. */
const answers = [...flows].flatMap(([flow, events]) =>
  exchangesOf(events)
    .filter(({ method, path }) => method === 'GET' && !path.startsWith('/oic/sec/'))
    .flatMap((asked) => asked.responses.map((response) => ({ flow, asked, response })))
    .filter(({ response }) => response.code === '2.05' && isWhole(response) && response.payload !== ''),
);

/** The table of our device, with the identity and at the addresses of the captured one. */
function tableAs(
  device: string,
  more: { permanent?: string | undefined; platform?: string | undefined } = {},
): ResourceTable {
  return tableOf(simpleServer, {
    device: parseUuid(device),
    permanent: parseUuid(more.permanent ?? facts.permanent),
    platform: parseUuid(more.platform ?? facts.platform),
    domain: { uuid: nilUuid, name: '' },
  });
}

function ask(table: ResourceTable, path: string, query: readonly string[], requester: Requester): unknown {
  return answerOf(table.handle({ method: 'GET', path, query }, requester)).value;
}

describe('/oic/res as IoTivity-Lite has it (ocf.md §2)', () => {
  const listed = answers
    .filter(({ asked }) => asked.path === '/oic/res')
    .map(({ flow, asked, response }) => ({ name: `${flow} ${asked.query.join('&')}`, asked, value: body(response) }))
    .map((one) => ({ ...one, links: linksOf(one.value) }))
    .filter(({ links }) => !links.some(({ href }) => href === '/temp' || href === '/oic/con'));

  it('was captured 21 times whole, of lamps and of the tool', () => {
    expect(listed.length).toBe(21);
  });

  it.each(listed)('$name: every link that both have is the same', ({ asked, links, value }) => {
    const table = tableAs((links[0] as Link).anchor.slice('ocf://'.length));
    const answer = ask(table, '/oic/res', asked.query, requesterOf(links));
    const ours = new Map(linksOf(answer).map((link) => [link.href, link]));
    const both = links.filter(({ href }) => ours.has(href));
    expect(both.length).toBeGreaterThanOrEqual(asked.query.length === 0 ? 12 : 1);
    for (const link of both) {
      expect(Object.entries(ours.get(link.href) as Link)).toEqual(Object.entries(withoutTcp(asRole(link))));
    }
    expect(asRole(commonOf(answer))).toEqual(asRole(commonOf(value)));
  });

  it('lists what theirs lists, but /oic/mnt, and introspection and configuration under paths of its own', () => {
    const [whole] = listed.filter(({ links }) => links.some(({ href }) => href === '/binaryswitch'));
    const theirs = (whole as (typeof listed)[number]).links.map(({ href }) => href);
    const ours = linksOf(ask(tableAs(facts.device), '/oic/res', [], owner)).map(({ href }) => href);
    expect(theirs.filter((href) => !ours.includes(href))).toEqual(['/oc/wk/introspection', '/oic/mnt']);
    expect(ours.filter((href) => !theirs.includes(href))).toEqual(['/oic/wk/con', '/oic/wk/introspection']);
  });
});

describe('/oic/d, /oic/p and resources of the application as IoTivity-Lite has them', () => {
  const lamps = answers
    .filter(({ asked }) => asked.path !== '/oic/res')
    .map(({ flow, asked, response }) => ({ name: `${flow} ${asked.path}`, asked, value: body(response) as Lamp }))
    .filter(({ value }) => value.n === undefined || value.n === 'Lamp');

  it('were captured 23 times of a lamp', () => {
    expect(lamps.length).toBe(23);
  });

  it.each(lamps)('$name', ({ asked, value }) => {
    const { 'x.org.iotivity.version': _, ...captured } = value;
    const table = tableAs(value.di ?? facts.device, { permanent: value.piid, platform: value.pi });
    if (value.power !== undefined) table.set('/a/light', { power: value.power });
    expect(Object.entries(ask(table, asked.path, asked.query, owner) as object)).toEqual(Object.entries(captured));
  });

  it('an update is answered with what it changed (flow a11)', () => {
    const events = [...flows].flatMap(([, one]) => exchangesOf(one));
    const updates = events.filter(({ method, path }) => method === 'POST' && path === '/binaryswitch');
    expect(updates.length).toBe(2);
    for (const { path, payload, responses } of updates) {
      const value = decodeCbor(fromHex(payload));
      const outcome = tableAs(facts.device).handle({ method: 'POST', path, query: [], value }, owner);
      const [response] = responses as [CapturedResponse];
      expect(answerOf(outcome)).toEqual({ code: response.code, value: body(response) });
    }
  });
});

interface Lamp {
  readonly di?: string;
  readonly piid?: string;
  readonly pi?: string;
  readonly n?: string;
  readonly power?: number;
  readonly 'x.org.iotivity.version'?: number;
}

/** Links, whatever the interface. */
function linksOf(value: unknown): readonly Link[] {
  const [first, ...more] = value as [Link & { readonly links?: readonly Link[] }];
  return first.links ?? [first, ...more];
}

/** What a representation in baseline says beside its links. */
function commonOf(value: unknown): object {
  const [{ links, ...common }] = value as [{ links?: unknown }];
  return links === undefined ? {} : common;
}

/** A requester at the captured addresses; security resources are open where the captured device showed them so. */
function requesterOf(links: readonly Link[]): Requester {
  const uris = links.flatMap(({ eps }) => eps.map(({ ep }) => ep));
  const endpoints = {
    coap: uris.find((uri) => uri.startsWith('coap://')),
    coaps: uris.find((uri) => uri.startsWith('coaps://')),
  };
  const doxm = links.find(({ href }) => href === '/oic/sec/doxm');
  const open = doxm?.eps.some(({ ep }) => ep.startsWith('coap://')) ?? false;
  return { ...stranger, endpoints, openSecurity: open };
}

/** Endpoints over TCP are left out: ours has none. */
function withoutTcp(link: Link): Link {
  return { ...link, eps: link.eps.filter(({ ep }) => !ep.includes('+tcp')) };
}

/** The onboarding tool is a device of other types. */
function asRole<T extends object>(link: T): T {
  const types = (link as { rt?: readonly string[] }).rt;
  const isTool = types?.includes('oic.d.dots') === true;
  return isTool ? { ...link, rt: ['oic.d.light', 'oic.wk.d'] } : link;
}
