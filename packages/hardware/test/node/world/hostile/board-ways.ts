import type { Channel, GrantedApi } from '@selvage/hardware';
import type { Way } from './realm.js';

/** What the board knows that the firmware is not to have. */
export interface Coveted {
  /** Keys of the manufacturer: one that was granted to the firmware, and one that was not. */
  readonly granted: string;
  readonly hidden: string;
}

const message = new Uint8Array(8);
const none = new Uint8Array(0);

/** More of the board, and of the vault, than is granted. */
export function boardWays(api: GrantedApi, channel: Channel, { granted, hidden }: Coveted): readonly Way[] {
  const { keys, store, update } = api;
  const handle = (id: string) => ({ id, algorithm: 'ecdsa-p256', usages: ['sign'], publicKey: undefined }) as const;
  const point = new Uint8Array(65).fill(4);
  const names = ['../firmware/x', '/etc/passwd', 'a/b', '', '.hidden', 'UPPER', 'x\0y', 'n'.repeat(129)];
  const ports = ['host', '__proto__', 'constructor', 'plain\0', '../plain', 'p'.repeat(64)];
  const ask = (service: number, operation: number, body: Uint8Array = none, lane = 0) =>
    channel.request(service, operation, body, { lane });
  return [
    { name: 'sign with a hidden key', go: () => keys.sign({ handle: handle(hidden), hash: 'sha256', message }) },
    { name: 'ask for the public half of a hidden key', go: () => keys.publicKey(handle(hidden)) },
    { name: 'destroy a hidden key', go: async () => (await keys.destroy(handle(hidden)), 'destroyed') },
    { name: 'destroy a key that it may only use', go: async () => (await keys.destroy(handle(granted)), 'destroyed') },
    {
      name: 'use a granted key beyond its usages',
      go: () => keys.agree({ handle: handle(granted), publicKey: point }),
    },
    { name: 'compute a MAC with a granted key', go: () => keys.mac({ handle: handle(granted), message }) },
    { name: 'use a key that there is not', go: () => keys.mac({ handle: handle('00'.repeat(16)), message }) },
    { name: 'find a hidden key in the list', go: async () => (await keys.list()).some(({ id }) => id === hidden) },
    // Past the client's end of the store, which would refuse them itself.
    ...names.map(
      (name): Way => ({
        name: `store under ${JSON.stringify(name.slice(0, 20))}`,
        go: async () => (await ask(1, 21, stored(name)), 'stored'),
      }),
    ),
    { name: 'read a value of another client', go: () => store.get('manufacturer-secret') },
    ...ports.map(
      (name): Way => ({ name: `open port ${JSON.stringify(name.slice(0, 20))}`, go: () => api.ports(name) }),
    ),
    { name: 'open a port without a name', go: () => ask(2, 2, Uint8Array.of(0)) },
    { name: 'have a nonce of another length attested', go: () => api.attest(new Uint8Array(7)) },
    { name: 'install what was never written', go: async () => (await update.install(), 'installed') },
    { name: 'write an update that was not begun', go: async () => (await update.write(0, message), 'written') },
    { name: 'begin an update larger than a slot', go: async () => (await update.begin(0xffff_ffff), 'begun') },
    { name: 'ask a service that there is not', go: () => ask(9, 1) },
    { name: 'ask the board what it is not asked', go: () => ask(2, 99) },
    { name: 'ask the vault what it is not asked', go: () => ask(1, 99) },
    { name: 'ask the vault for nonsense', go: () => ask(1, 5, new Uint8Array(3).fill(0xff)) },
    { name: 'ask on a lane that there is not', go: () => ask(1, 11, none, 77) },
    { name: 'say it is the vault’s client “manufacturer”', go: () => ask(1, 1, Uint8Array.of(0, 2)) },
  ];
}

/** `u8 length | name | value` */
function stored(name: string): Uint8Array {
  return Uint8Array.of(name.length, ...new TextEncoder().encode(name), 1, 2, 3);
}
