/** `/x.org.selvage/attestation`, as a device serves it. */
import type { CborInput } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import {
  attestationNonce,
  attestationPath,
  longestToken,
  nilUuid,
  readAttestationAnswer,
  readLinks,
  securityPaths as at,
} from '../../src/index.js';
import { beginTransfer, own, referenceSteps } from './support/transfer.js';
import { owner, World } from './support/world.js';

const challenge = new Uint8Array(32).fill(0xc4);

/** A device whose token is its nonce and a byte, and that counts what it signs. */
async function attesting(seed: string): Promise<{ world: World; nonces: Uint8Array[] }> {
  const nonces: Uint8Array[] = [];
  const world = await new World(seed).start({
    attest: (nonce) => {
      nonces.push(nonce);
      return Promise.resolve(Uint8Array.of(...nonce, 1));
    },
  });
  return { world, nonces };
}

describe('the attestation of a device', () => {
  it('answers a challenge over the onboarding connection, with a nonce of the session and the challenge', async () => {
    const { world, nonces } = await attesting('answers');
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    const { code, value } = await world.run(session.post(attestationPath, { challenge }));
    const nonce = attestationNonce(session.socket, challenge);
    expect([code, readAttestationAnswer(value).token]).toEqual(['2.04', Uint8Array.of(...nonce, 1)]);
    expect(nonces).toEqual([nonce]);
    const other = attestationNonce(session.socket, new Uint8Array(32));
    expect(other).not.toEqual(nonce);
  });

  it('has another nonce in each session, for the same challenge', async () => {
    const { world, nonces } = await attesting('sessions');
    for (const name of ['one', 'two']) {
      const session = await beginTransfer(world, world.peer(name), 'just-works');
      await world.run(session.post(attestationPath, { challenge }));
      session.close();
      await world.pass(1000);
    }
    expect(nonces.length).toBe(2);
    expect(nonces[0]).not.toEqual(nonces[1]);
  });

  it.each<[string, CborInput]>([
    ['no challenge', {}],
    ['one that is too short', { challenge: new Uint8Array(31) }],
    ['one that is too long', { challenge: new Uint8Array(33) }],
    ['text', { challenge: 'c'.repeat(32) }],
    ['a list', [challenge]],
    ['something beside it', { challenge, nonce: challenge }],
  ])('refuses %s, and signs nothing', async (_, value) => {
    const { world, nonces } = await attesting('malformed');
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    expect((await world.run(session.post(attestationPath, value))).code).toBe('4.00');
    expect(nonces).toEqual([]);
  });

  it('has no other method, and no link leads to it', async () => {
    const { world } = await attesting('methods');
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    const codes = [];
    for (const method of ['GET', 'PUT', 'DELETE', 'FETCH'] as const) {
      codes.push((await world.run(session.ask(method, attestationPath))).code);
    }
    expect(codes).toEqual(['4.05', '4.05', '4.05', '4.05']);
    const links = readLinks((await world.run(session.get('/oic/res'))).value);
    expect(links.map(({ href }) => href)).not.toContain(attestationPath);
  });

  it('may be as long as a token is, in blocks', async () => {
    const world = await new World('long').start({ attest: () => Promise.resolve(new Uint8Array(longestToken)) });
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    const { value } = await world.run(session.post(attestationPath, { challenge }));
    expect(readAttestationAnswer(value).token.length).toBe(16_384);
  });

  it('is not there in a device that cannot attest', async () => {
    const world = await new World('without').start();
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    expect((await world.run(session.post(attestationPath, { challenge }))).code).toBe('4.04');
  });
});

describe('nobody but whoever is about to own the device', () => {
  it('asks in the clear, before the onboarding connection and beside it', async () => {
    const { world, nonces } = await attesting('clear');
    const stranger = world.peer('stranger');
    const ask = () => world.run(stranger.ask(world.plain.address, 'POST', attestationPath, { value: { challenge } }));
    expect((await ask()).code).toBe('4.01');
    await beginTransfer(world, world.peer('tool'), 'just-works');
    expect((await ask()).code).toBe('4.01');
    expect(nonces).toEqual([]);
  });

  it('asks in RFPRO, RFNOP or SRESET, be it over the onboarding connection, which is open still', async () => {
    const { world, nonces } = await attesting('later');
    const { session } = await own(world, world.peer('tool'));
    const codes = [];
    for (const dos of [3, 2, 4] as const) {
      await world.run(session.must(at.pstat, { dos: { s: dos } }));
      codes.push((await world.run(session.post(attestationPath, { challenge }))).code);
    }
    expect(codes).toEqual(['4.01', '4.01', '4.01']);
    expect(nonces).toEqual([]);
  });

  it('asks in a session of the owner, whatever access control entries say', async () => {
    const { world, nonces } = await attesting('entries');
    const peer = world.peer('owner');
    const { session: first, key } = await own(world, peer);
    await world.run(first.must(at.pstat, { dos: { s: 2 } }));
    const everything = { subject: { conntype: 'auth-crypt' }, resources: [{ wc: '*' }], permission: 31 };
    const named = { subject: { uuid: owner }, resources: [{ href: attestationPath }], permission: 31 };
    await world.run(first.must(at.acl2, { aclist2: [everything, named] }));
    await world.run(first.must(at.pstat, { dos: { s: 3 } }));
    first.close();
    await world.pass(10);
    const session = await world.openShared(peer, owner, key);
    expect((await world.run(session.post(attestationPath, { challenge }))).code).toBe('4.01');
    expect(nonces).toEqual([]);
  });

  it('is asked at any step of a transfer up to RFPRO', async () => {
    const { world } = await attesting('steps');
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    const codes = [];
    for (const { name, run } of referenceSteps.slice(0, 10)) {
      await world.run(run(session));
      if (['owner', 'owned', 'RFPRO'].includes(name)) {
        codes.push((await world.run(session.post(attestationPath, { challenge }))).code);
      }
    }
    expect(codes).toEqual(['2.04', '2.04', '4.01']);
  });
});

describe('a stranger cannot have the vault sign without bound', () => {
  it('has three tokens a connection', async () => {
    const { world, nonces } = await attesting('three');
    const session = await beginTransfer(world, world.peer('stranger'), 'just-works');
    const codes = [];
    for (let i = 0; i < 5; i++) codes.push((await world.run(session.post(attestationPath, { challenge }))).code);
    expect(codes).toEqual(['2.04', '2.04', '2.04', '4.29', '4.29']);
    expect(nonces.length).toBe(3);
  });

  it('has eight over all connections, and then one in ten seconds', async () => {
    const { world, nonces } = await attesting('eight');
    let [first, last] = [Infinity, 0];
    for (let i = 0; i < 60; i++) {
      const session = await beginTransfer(world, world.peer(`stranger ${i}`), 'just-works');
      first = Math.min(first, world.clock.now());
      for (let n = 0; n < 3; n++) await world.run(session.post(attestationPath, { challenge }));
      last = world.clock.now();
      session.close();
      await world.pass(500);
    }
    expect(nonces.length).toBe(8 + Math.floor((last - first) / 10_000));
    expect(nonces.length).toBeGreaterThan(9);
    await world.pass(100_000);
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    expect((await world.run(session.post(attestationPath, { challenge }))).code).toBe('2.04');
  });

  it('waits for one before there is another', async () => {
    let release: (token: Uint8Array) => void = () => undefined;
    const world = await new World('slow').start({
      attest: () => new Promise((resolve) => (release = resolve)),
    });
    const session = await beginTransfer(world, world.peer('stranger'), 'just-works');
    const first = session.post(attestationPath, { challenge });
    await world.pass(100);
    expect((await world.run(session.post(attestationPath, { challenge }))).code).toBe('4.29');
    release(Uint8Array.of(7));
    expect((await world.run(first)).code).toBe('2.04');
  });

  it('leaves the device as it was: without an owner, and ready for one', async () => {
    const { world } = await attesting('afterwards');
    const session = await beginTransfer(world, world.peer('stranger'), 'just-works');
    for (let i = 0; i < 4; i++) await world.run(session.post(attestationPath, { challenge }));
    session.close();
    await world.pass(1000);
    expect([world.device.state, world.device.owner]).toEqual(['RFOTM', nilUuid]);
    await own(world, world.peer('tool'));
    expect(world.device.owner).toBe(owner);
  });

  it('hears of a vault that is down, and the device goes on', async () => {
    const world = await new World('down').start({ attest: () => Promise.reject(new TypeError('broken')) });
    const session = await beginTransfer(world, world.peer('tool'), 'just-works');
    expect((await world.run(session.post(attestationPath, { challenge }))).code).toBe('5.00');
    expect((await world.run(session.get(at.doxm))).code).toBe('2.05');
  });
});
