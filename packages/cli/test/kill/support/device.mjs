/**
 * A process that is so many OCF lights, all that they know durable in one folder. It tells its parent where they are, and
 * the PINs that they show; started again with the same folder and ports it goes on as what it was.
 */
import { prefixedStore, systemEntropy } from '@selvage/core';
import { LogStore, systemClock, UdpPort } from '@selvage/core/node';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import { deviceKinds, OcfDevice } from '@selvage/ocf';
import { certified } from './manufacturer.mjs';
import { deviceSetting } from './setting.mjs';

const setting = deviceSetting();
const common = { core: nativeCore, entropy: systemEntropy };
const address = '127.0.0.1';
const store = await LogStore.open(setting.folder);
process.on('disconnect', () => process.exit());

const hosted = [];
for (let index = 0; index < setting.count; index++) hosted.push(await light(index));
process.send?.({ kind: 'ready', hosted });

/** @param {number} index */
async function light(index) {
  const own = prefixedStore(store, `light-${index}.`);
  const keys = await StoredKeyHome.open({ ...common, store: prefixedStore(own, 'keys.') });
  const before = setting.ports?.[index];
  const plain = await UdpPort.bind({ address, port: before?.plain ?? 0 });
  const secured = await UdpPort.bind({ address, port: before?.secured ?? 0 });
  const endpoints = {
    coap: `coap://${address}:${plain.local.port}`,
    coaps: `coaps://${address}:${secured.local.port}`,
  };
  const device = await OcfDevice.open({
    ...common,
    clock: systemClock,
    store: prefixedStore(own, 'device.'),
    keys,
    plain,
    secured,
    groups: [],
    endpoints: () => endpoints,
    model: deviceKinds.light({ name: `Light ${index}` }),
    manufacturer: await certified(setting.manufacturer, own, keys),
    showPin: (pin) => pin !== undefined && process.send?.({ kind: 'pin', index, pin }),
    limits: { transfer: 2500, resetDelay: 20 },
  });
  return { device: device.deviceId, plain: plain.local.port, secured: secured.local.port };
}
