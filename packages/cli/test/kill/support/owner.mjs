/** An owner of lights with all that it knows in a folder, as a process has it that may be killed and come back. */
import { fromHex, prefixedStore, Secret, SelvageError, systemEntropy } from '@selvage/core';
import { LogStore, systemClock, udpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import { newUuid, OnboardingTool, parseUuid } from '@selvage/ocf';
import { CertificateAuthority, parseNameText, readCertificate, validFor } from '@selvage/pki';

/** @typedef {import('./setting.mjs').Hosted} Hosted */

const common = { core: nativeCore, entropy: systemEntropy };
const address = '127.0.0.1';
/** How long the device is asked again while it waits for its onboarding connection to end. */
const tries = 60;

export class Owner {
  /**
   * @param {LogStore} store
   * @param {import('@selvage/ocf').Uuid} uuid
   * @param {import('@selvage/ocf').OnboardingTool<import('@selvage/core/node').UdpAddress>} tool
   */
  constructor(store, uuid, tool) {
    this.store = store;
    this.uuid = uuid;
    this.tool = tool;
  }

  /**
   * @param {string} folder
   * @param {string} root the manufacturer's, in hex
   */
  static async open(folder, root) {
    const store = await LogStore.open(folder);
    const keys = await StoredKeyHome.open({ ...common, store: prefixedStore(store, 'keys.') });
    const { uuid, chain } = (await readIdentity(store)) ?? (await makeIdentity(store, keys));
    const [key] = await keys.list();
    if (key === undefined) throw new SelvageError('key-not-found', 'the owner has no key');
    const tool = await OnboardingTool.open({
      ...common,
      clock: systemClock,
      plain: await UdpPort.bind({ address }),
      secured: await UdpPort.bind({ address }),
      groups: [],
      resolve: ({ host, port }) => udpAddress(host, port),
      requestTimeout: 700,
      uuid,
      domain: { uuid, name: 'Kill' },
      store: prefixedStore(store, 'tool.'),
      keys,
      authority: new CertificateAuthority({ ...common, keys, key, store: prefixedStore(store, 'authority.') }, chain),
      manufacturerAnchors: [{ certificate: readCertificate(fromHex(root)) }],
    });
    return new Owner(store, uuid, tool);
  }

  /**
   * Takes a light over, with an identity certificate in the same connection.
   * @param {Hosted} light
   * @param {import('./setting.mjs').Method} method
   * @param {() => Promise<string>} readPin
   */
  async own(light, method, readPin) {
    const pin = async () => Secret.text(await readPin());
    await this.tool.own(foundAt(light), { method, tasks: [{ kind: 'identity' }], pin });
  }

  /**
   * Comes back after a kill: takes up what was broken off, and owns the light if it is not owned by now. Tells whose the
   * light was first, and asks it in a session with its owner's key who it says its owner is in the end.
   * @param {Hosted} light
   * @param {import('./setting.mjs').Method} method
   * @param {() => Promise<string>} readPin
   * @returns {Promise<import('./setting.mjs').Ending>}
   */
  async comeBack(light, method, readPin) {
    const before = await this.#settle(light);
    if (before === 'un-owned') await this.own({ ...light, device: await this.#nameOf(light) }, method, readPin);
    const [owned] = this.tool.devices();
    if (owned === undefined) return { before, after: 'lost' };
    const { dos } = await this.tool.provisioning.state(owned.device);
    const creds = await this.tool.provisioning.credentials(owned.device);
    const isWhole = dos.s === 3 && creds.some(({ credusage }) => credusage === 'oic.sec.cred.cert');
    return { before, after: isWhole && this.tool.unfinished().length === 0 ? 'owned' : 'half' };
  }

  /**
   * Whether the light's process answers at all.
   * @param {Hosted} light
   */
  async hears({ plain }) {
    try {
      await this.tool.client.plainRequest(udpAddress(address, plain), { method: 'GET', path: '/oic/d' });
      return true;
    } catch (error) {
      if (error instanceof SelvageError) return false;
      throw error;
    }
  }

  async close() {
    this.tool.close();
    await this.store.close();
  }

  /** @param {Hosted} light */
  async #settle(light) {
    for (let attempt = 0; attempt < tries; attempt++) {
      await this.tool.resume({ listenFor: 0 });
      const name = await this.#nameOf(light);
      const [known] = this.tool.devices();
      if (known === undefined && name !== '') return 'un-owned';
      if (known !== undefined && name !== '' && name !== known.device) await this.tool.forget(known.device);
      else if (known !== undefined && this.tool.unfinished().length === 0) return 'owned';
    }
    return 'undecided';
  }

  /**
   * What a light without an owner calls itself; nothing where it has an owner, or is being onboarded.
   * @param {Hosted} light
   */
  async #nameOf({ plain }) {
    try {
      const request = /** @type {const} */ ({ method: 'GET', path: '/oic/sec/doxm' });
      const { value } = await this.tool.client.plainRequest(udpAddress(address, plain), request);
      return value instanceof Map && value.get('owned') === false ? String(value.get('deviceuuid')) : '';
    } catch (error) {
      if (error instanceof SelvageError) return '';
      throw error;
    }
  }
}

/** @param {LogStore} store */
async function readIdentity(store) {
  const [uuid, certificate] = [await store.get('uuid'), await store.get('certificate')];
  if (uuid === undefined || certificate === undefined) return undefined;
  return { uuid: parseUuid(new TextDecoder().decode(uuid)), chain: [certificate] };
}

/**
 * @param {LogStore} store
 * @param {StoredKeyHome} keys
 */
async function makeIdentity(store, keys) {
  const uuid = newUuid(systemEntropy);
  const key = (await keys.list())[0] ?? (await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
  const { chain } = await CertificateAuthority.establish(
    { ...common, keys, key, store: prefixedStore(store, 'authority.') },
    { subject: parseNameText('CN=Owner Root'), validity: validFor(Date.now(), 3650) },
  );
  await store.put('certificate', /** @type {Uint8Array} */ (chain[0]));
  await store.put('uuid', new TextEncoder().encode(uuid));
  return { uuid, chain };
}

/**
 * @param {Hosted} light
 * @returns {import('@selvage/ocf').FoundDevice<import('@selvage/core/node').UdpAddress>}
 */
function foundAt({ device, plain, secured }) {
  return {
    device: parseUuid(device),
    plain: [udpAddress(address, plain)],
    secured: [udpAddress(address, secured)],
    owned: false,
    doxm: undefined,
    links: [],
    name: undefined,
    platform: undefined,
  };
}
