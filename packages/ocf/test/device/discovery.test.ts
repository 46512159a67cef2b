import { coapMessage, type CoapMessage, option } from '@selvage/coap';
import { decode, decodeCbor, encode } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { ocfRequest, readDoxm, readResponse, securityPaths as at } from '../../src/index.js';
import { beginTransfer, own, ownedWithKey } from './support/transfer.js';
import { named, owner, World } from './support/world.js';

/** What comes back to a request that goes to a group. */
async function askGroup(world: World, path: string, ...query: string[]) {
  const peer = world.peer(`asker ${world.clock.now()}`);
  const responses = await world.run(
    peer.plain.askGroup(
      world.group.address,
      { ...ocfRequest('GET', path, { query }), confirmable: false },
      { listenFor: 3000 },
    ),
  );
  return responses.map((response) => readResponse(response));
}

interface Link {
  readonly href: string;
  readonly eps: readonly string[];
}

/** The links of a directory, with their endpoints. */
function linksOf(value: unknown): readonly Link[] {
  const list = value as readonly ReadonlyMap<string, unknown>[];
  return list.map((link) => ({
    href: link.get('href') as string,
    eps: (link.get('eps') as readonly ReadonlyMap<string, string>[]).map((ep) => ep.get('ep')?.split(':')[0] as string),
  }));
}

describe('a device without an owner', () => {
  it('answers a group that asks for such devices, some time within two seconds', async () => {
    const world = await new World('unowned').start();
    const [value] = await askGroup(world, at.doxm, 'owned=FALSE');
    expect(readDoxm(value as never)).toMatchObject({ owned: false, deviceuuid: world.device.deviceId });
    expect(await askGroup(world, at.doxm, 'Owned=false')).toHaveLength(1);
    expect(await askGroup(world, at.doxm, 'owned=TRUE')).toEqual([]);
    expect(await askGroup(world, at.doxm, 'owned=perhaps')).toEqual([]);
  });

  it('answers a peer 4.00 that asks for others', async () => {
    const world = await new World('unicast').start();
    const ask = async (...query: string[]) =>
      (await world.run(world.peer(query.join()).ask(world.plain.address, 'GET', at.doxm, { query }))).code;
    expect([await ask('owned=FALSE'), await ask('owned=TRUE'), await ask('owned=maybe')]).toEqual([
      '2.05',
      '4.00',
      '4.00',
    ]);
  });

  it('shows doxm and pstat on unsecured endpoints too, and nothing else of its security', async () => {
    const world = await new World('links').start();
    const { value } = await world.run(world.peer('asker').ask(world.plain.address, 'GET', '/oic/res'));
    const links = linksOf(value);
    const open = links.filter(({ eps }) => eps.includes('coap')).map(({ href }) => href);
    expect(open.sort()).toEqual(['/oic/d', '/oic/p', '/oic/res', at.doxm, at.pstat, '/open'].sort());
    expect(links.map(({ href }) => href)).toEqual(expect.arrayContaining(Object.values(at)));
    expect(links.map(({ href }) => href)).not.toContain('/hidden');
  });

  it('answers a request that names devices only where it is among them', async () => {
    const world = await new World('di').start();
    expect(await askGroup(world, '/oic/res', `di=${world.device.deviceId}`)).toHaveLength(1);
    expect(await askGroup(world, '/oic/res', `di=${named}`)).toEqual([]);
    expect(await askGroup(world, '/oic/res', `di=${named}`, `di=${world.device.deviceId}`)).toHaveLength(1);
  });

  it('says nothing to a group while somebody is onboarding it', async () => {
    const world = await new World('busy').start();
    await beginTransfer(world, world.peer('tool'), 'just-works');
    expect(await askGroup(world, at.doxm, 'owned=FALSE')).toEqual([]);
    expect(await askGroup(world, '/oic/res')).toEqual([]);
  });

  it('changes nothing on the word of one who speaks to a group', async () => {
    const world = await new World('group post').start();
    const peer = world.peer('shouter');
    const request = { ...ocfRequest('POST', at.doxm, { value: { oxmsel: 0 } }), confirmable: false };
    await world.run(peer.plain.askGroup(world.group.address, request, { listenFor: 3000 }));
    const { value } = await world.run(peer.ask(world.plain.address, 'GET', at.doxm));
    expect(readDoxm(value as never).oxmsel).toBe(4);
  });
});

describe('an owned device', () => {
  it('is found by its type, on secured endpoints, by whoever asks', async () => {
    const world = await new World('owned').start();
    await own(world, world.peer('tool'));
    const [value] = await askGroup(world, '/oic/res', 'rt=oic.r.doxm');
    expect(linksOf(value)).toEqual([{ href: at.doxm, eps: ['coaps'] }]);
    expect(await askGroup(world, at.doxm, 'owned=TRUE')).toEqual([]);
    expect(await askGroup(world, '/oic/res', 'rt=x.none')).toEqual([]);
  });

  it('tells of its security domain, unless that is private', async () => {
    const world = await new World('domain').start();
    const { session } = await ownedWithKey(world, world.peer('tool'));
    const baseline = async () => (await askGroup(world, '/oic/res', 'if=oic.if.baseline'))[0];
    const [told] = (await baseline()) as unknown as readonly ReadonlyMap<string, unknown>[];
    expect([told?.get('sduuid'), told?.get('sdname')]).toEqual([owner, 'home']);
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    const right = { subject: { uuid: owner }, resources: [{ href: at.sdi }], permission: 6 };
    await world.run(session.must(at.acl2, { aclist2: [right] }));
    await world.run(session.must(at.sdi, { priv: true }));
    await world.run(session.must(at.pstat, { dos: { s: 3 } }));
    const [silent] = (await baseline()) as unknown as readonly ReadonlyMap<string, unknown>[];
    expect(silent?.has('sduuid')).toBe(false);
  });

  it('goes by the name that its owner gave it', async () => {
    const world = await new World('name').start();
    await own(world, world.peer('tool'));
    const { value } = await world.run(world.peer('asker').ask(world.plain.address, 'GET', '/oic/d'));
    expect((value as ReadonlyMap<string, unknown>).get('di')).toBe(named);
  });
});

describe('messages', () => {
  it('of two clients with one message ID and token are two requests', async () => {
    const world = await new World('dedup').start();
    const answers = new Map<string, CoapMessage>();
    const ports = ['one', 'two'].map((name) => {
      const port = world.network.open(name);
      port.onDatagram((payload) => answers.set(name, decode(coapMessage, payload)));
      return port;
    });
    const message: CoapMessage = {
      version: 1,
      type: 'NON',
      code: 1,
      messageId: 7,
      token: Uint8Array.of(1, 2, 3, 4),
      options: ['oic', 'sec', 'doxm'].map((segment) => option.uriPath.of(segment)),
      payload: new Uint8Array(0),
    } as never;
    for (const port of ports) port.send(encode(coapMessage, message), world.plain.address);
    await world.pass(20);
    expect([...answers.keys()].sort()).toEqual(['one', 'two']);
    for (const { payload } of answers.values()) expect(readDoxm(decodeCbor(payload)).owned).toBe(false);
  });

  it.each<[string, Uint8Array]>([
    ['a truncated map', Uint8Array.of(0xa1, 0x66, 0x6f, 0x78)],
    ['a key twice', Uint8Array.from([0xa2, ...[0, 1].flatMap(() => [0x66, ...Buffer.from('oxmsel'), 0x00])])],
    ['nesting without end', new Uint8Array(4000).fill(0x81)],
    ['a list in place of a map', Uint8Array.of(0x80)],
    ['nothing', new Uint8Array(0)],
    ['a property that is none', Uint8Array.from([0xa1, 0x61, 0x78, 0x01])],
    ['a text where a number must be', Uint8Array.from([0xa1, 0x66, ...Buffer.from('oxmsel'), 0x61, 0x30])],
  ])('with %s are answered 4.00, and change nothing', async (what, payload) => {
    const world = await new World(`bad ${what}`).start();
    const peer = world.peer('bungler');
    const base = ocfRequest('POST', at.doxm, { value: {} });
    const response = await world.run(peer.plain.request(world.plain.address, { ...base, payload }));
    expect(response.code).toBe('4.00');
    expect(readDoxm((await world.run(peer.ask(world.plain.address, 'GET', at.doxm))).value).oxmsel).toBe(4);
  });

  it('that are too long are refused before they are kept', async () => {
    const world = await new World('long').start();
    const peer = world.peer('talker');
    const base = ocfRequest('POST', at.doxm, { value: {} });
    const response = await world.run(
      peer.plain
        .request(world.plain.address, { ...base, payload: new Uint8Array(40_000) })
        .catch(({ code }: { code: string }) => ({ code })),
    );
    expect(response.code).toBe('4.13');
  });
});
