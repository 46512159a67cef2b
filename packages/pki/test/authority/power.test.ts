/** The power is cut at every write of an authority's work: what it had acknowledged is there afterwards. */
import { MemoryStore } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { type AuthoritySetting, CertificateAuthority, serialText, validFor } from '@selvage/pki';
import { describe, expect, it } from 'vitest';
import { device, today, World } from '../support/authority.js';

const world = new World('power');
const validity = validFor(today, 30);

/** What an authority has promised so far. */
interface Promised {
  readonly issued: string[];
  readonly revoked: string[];
  lists: number;
}

/** Issues, revokes and makes lists, and notes each promise as it is made. */
async function work(authority: CertificateAuthority, promised: Promised): Promise<void> {
  for (let round = 0; round < 2; round++) {
    const publicKey = await world.publicKey();
    const { certificate } = await authority.issue({ kind: 'identity', device }, { publicKey, validity });
    const serial = serialText(certificate);
    promised.issued.push(serial);
    await authority.revoke(serial, { at: today, reason: 'superseded' });
    promised.revoked.push(serial);
    const { number } = await authority.revocationList({ thisUpdate: today, nextUpdate: today + 1000 });
    promised.lists = Number.parseInt(number ?? '0', 16);
  }
}

describe('an authority whose power is cut', () => {
  it('at any of its writes has forgotten nothing that it acknowledged', async () => {
    const setting: Omit<AuthoritySetting, 'store'> = {
      core: nativeCore,
      entropy: world.entropy,
      keys: world.keys,
      key: await world.key(),
    };
    const { chain } = await CertificateAuthority.establish(
      { ...setting, store: new MemoryStore() },
      { subject: [['CN', 'Root']], validity },
    );
    const whole = new MemoryStore();
    await work(new CertificateAuthority({ ...setting, store: whole }, chain), { issued: [], revoked: [], lists: 0 });
    expect(whole.writes).toBe(6);
    for (let write = 0; write < whole.writes; write++) {
      for (const outcome of ['old', 'new'] as const) {
        const store = new MemoryStore();
        const promised: Promised = { issued: [], revoked: [], lists: 0 };
        store.cutPowerDuring(write, outcome);
        await expect(work(new CertificateAuthority({ ...setting, store }, chain), promised)).rejects.toThrow();
        store.powerOn();
        const again = new CertificateAuthority({ ...setting, store }, chain);
        const serials = (await again.issued()).map(({ serial }) => serial);
        expect(serials).toEqual(expect.arrayContaining(promised.issued));
        const list = await again.revocationList({ thisUpdate: today, nextUpdate: today + 1000 });
        expect([...list.revoked.keys()]).toEqual(expect.arrayContaining(promised.revoked));
        expect(Number.parseInt(list.number ?? '0', 16)).toBeGreaterThan(promised.lists);
      }
    }
  });
});
