import { Secret } from '@selvage/core';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import { validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import {
  certificateSuites,
  credentialUsages,
  readAcl2,
  readCred,
  readDoxm,
  readPstat,
  securityPaths as at,
} from '../../src/index.js';
import { anchorCredential, certificateCredential, TestAuthority } from './support/authority.js';
import { clientConfiguration } from './support/peer.js';
import { beginTransfer, own } from './support/transfer.js';
import { owner, today, World } from './support/world.js';

/** What a manufacturer puts into a device of these tests. */
async function manufactured(world: World) {
  const root = await TestAuthority.establish(world, 'Manufacturer Root');
  const home = await StoredKeyHome.open({ core: nativeCore, entropy: world.entropy('factory'), store: world.keyStore });
  const key = await home.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] });
  const { chain } = await root.authority.issue(
    { kind: 'device', subject: [['CN', 'Lamp 0001']] },
    { publicKey: await home.publicKey(key), validity: validFor(today, 3000) },
  );
  return { root, manufacturer: { chain, key, anchors: [root.root] } };
}

describe("plgd's order (section 10 of the protocol note)", () => {
  it('leads to normal operation: an explicit key, one POST for several things, a second session before RFNOP', async () => {
    const world = await new World('plgd').start();
    const authority = await TestAuthority.establish(world);
    const tool = world.peer('tool');
    const onboarding = await beginTransfer(world, tool, 'just-works');
    const device = world.device.deviceId;
    const pstat = readPstat((await world.run(onboarding.get(at.pstat))).value);
    expect(pstat).toMatchObject({ dos: { p: false, s: 1 } });
    expect(pstat.sm & 4).toBe(4);
    await world.run(onboarding.must(at.pstat, { om: 4 }));
    await world.run(onboarding.must(at.doxm, { deviceuuid: device }));
    const csr = ((await world.run(onboarding.get(at.csr))).value as ReadonlyMap<string, string>).get('csr') as string;
    const chain = [...(await authority.certifyDevice(csr, device)), authority.root];
    const data = new Uint8Array(16).fill(9);
    await world.run(
      onboarding.must(at.cred, {
        creds: [
          { credtype: 1, subjectuuid: owner, privatedata: { data, encoding: 'oic.sec.encoding.raw' } },
          { ...certificateCredential(chain, credentialUsages.identity), subjectuuid: device },
          anchorCredential(authority.root, owner),
        ],
        rowneruuid: owner,
      }),
    );
    await world.run(onboarding.must(at.doxm, { devowneruuid: owner }));
    expect(readDoxm((await world.run(onboarding.get(at.doxm))).value).devowneruuid).toBe(owner);
    await world.run(onboarding.must(at.pstat, { rowneruuid: owner }));
    await world.run(onboarding.must(at.acl2, { rowneruuid: owner }));
    await world.run(onboarding.must(at.doxm, { rowneruuid: owner, owned: true }));
    await world.run(onboarding.must(at.pstat, { dos: { s: 2 } }));
    onboarding.socket.close();
    await world.pass(10);
    expect(world.device).toMatchObject({ state: 'RFPRO', deviceId: device, owner });

    const session = await world.openShared(tool, owner, Secret.of(data));
    await world.run(session.delete(at.acl2));
    const all = (...hrefs: string[]) => hrefs.map((href) => ({ href, if: ['*'] }));
    await world.run(
      session.must(at.acl2, {
        aclist2: [
          { permission: 31, subject: { uuid: owner }, resources: [{ wc: '*', if: ['*'] }] },
          { permission: 14, subject: { uuid: owner }, resources: all(at.sp, at.pstat, at.doxm) },
          { permission: 2, subject: { uuid: owner }, resources: all(at.csr) },
          {
            permission: 2,
            subject: { conntype: 'anon-clear' },
            resources: all('/oic/d', '/oic/p', '/oic/res', at.sdi),
          },
        ],
      }),
    );
    await world.run(session.must(at.pstat, { dos: { s: 3 } }));
    expect((await world.run(session.post('/switch', { value: true }))).code).toBe('2.04');
    expect(readAcl2((await world.run(session.get(at.acl2))).value).aclist2).toHaveLength(4);

    // Later connections are by its own identity certificate.
    const key = await authority.newKey();
    const identity = await authority.certify({ kind: 'identity', device: owner }, key);
    const later = await world.openCertified(world.peer('later'), identity);
    expect((await world.run(later.get('/switch'))).code).toBe('2.05');
    expect((await world.run(later.get(at.cred))).code).toBe('2.05');
  });
});

describe('a transfer by manufacturer certificate', () => {
  it('shows the certificate of the device, asks the tool for none, and leaves the owner a key', async () => {
    const world = new World('manufacturer');
    const { manufacturer } = await manufactured(world);
    await world.start({ manufacturer });
    const tool = world.peer('tool');
    const doxm = readDoxm((await world.run(tool.ask(world.plain.address, 'GET', at.doxm))).value);
    expect(doxm.oxms).toEqual([0, 1, 2]);
    const { session, key } = await own(world, tool, 'manufacturer-certificate');
    const { peer, suite } = session.socket.session;
    expect(suite.name).toBe(certificateSuites[0]);
    expect(peer.kind === 'certificate' && peer.chain).toEqual(manufacturer.chain);
    session.close();
    await world.pass(10);
    const later = await world.openShared(tool, owner, key);
    expect((await world.run(later.get(at.doxm))).code).toBe('2.05');
  });

  it('is what a device may insist on: then it offers nothing else', async () => {
    const world = new World('insists');
    const { manufacturer } = await manufactured(world);
    await world.start({ manufacturer, methods: ['manufacturer-certificate'] });
    const tool = world.peer('tool');
    expect(readDoxm((await world.run(tool.ask(world.plain.address, 'GET', at.doxm))).value).oxms).toEqual([2]);
    const { code } = await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 0 } }));
    expect(code).toBe('4.00');
    await world.run(tool.ask(world.plain.address, 'POST', at.doxm, { value: { oxmsel: 2 } }));
    const anonymous = clientConfiguration(world.entropy('anon'), ['TLS_ECDH_anon_WITH_AES_128_CBC_SHA256']);
    await expect(world.run(tool.open(world.secured.address, anonymous))).rejects.toMatchObject({
      details: { alert: 'handshake_failure' },
    });
  });

  it("leaves the manufacturer's credentials where they are: listed, and nobody's to replace or delete", async () => {
    const world = new World('lasting');
    const { manufacturer, root } = await manufactured(world);
    await world.start({ manufacturer });
    const { session } = await own(world, world.peer('tool'), 'manufacturer-certificate');
    await world.run(session.must(at.pstat, { dos: { s: 2 } }));
    const listed = async () => readCred((await world.run(session.get(at.cred))).value).creds;
    expect((await listed()).map(({ credusage }) => credusage)).toEqual([
      credentialUsages.manufacturer,
      credentialUsages.manufacturerAnchor,
      undefined,
    ]);
    expect((await world.run(session.delete(at.cred, 'credid=1'))).code).toBe('4.04');
    const replacing = { ...anchorCredential(root.root), credid: 1 };
    expect((await world.run(session.post(at.cred, { creds: [replacing] }))).code).toBe('4.00');
    const another = certificateCredential(manufacturer.chain, credentialUsages.manufacturer);
    expect((await world.run(session.post(at.cred, { creds: [another] }))).code).toBe('4.00');
    await world.device.reset();
    expect(
      readDoxm((await world.run(world.peer('asker').ask(world.plain.address, 'GET', at.doxm))).value).oxms,
    ).toContain(2);
  });
});
