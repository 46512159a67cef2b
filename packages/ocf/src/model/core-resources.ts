import type { CborInput } from '@selvage/core';
import { text } from '../property/text.js';
import type { DeviceFacts } from './device-facts.js';
import type { DeviceModel } from './device-model.js';
import { defineResource, type ResourceDefinition, type ResourceFacts, type ResourceKind } from './resource.js';
import { readWrite, type ResourceProperty } from './resource-property.js';

/** Where the resources are that every device has beside its security resources. */
export const corePaths = {
  directory: '/oic/res',
  device: '/oic/d',
  platform: '/oic/p',
  configuration: '/oic/wk/con',
  introspection: '/oic/wk/introspection',
  introspectionData: '/oc/introspection',
} as const;

/** `/oic/res`. */
export const directoryFacts: ResourceFacts = {
  ...facts(corePaths.directory, 'oic.wk.res', 'core'),
  interfaces: ['oic.if.ll', 'oic.if.b', 'oic.if.baseline'],
};

/** `/oic/p`. */
export const platformFacts: ResourceFacts = facts(corePaths.platform, 'oic.wk.p', 'core');

/** `/oic/wk/introspection`: where the description of the resources is. */
export const introspectionFacts: ResourceFacts = {
  ...facts(corePaths.introspection, 'oic.wk.introspection', 'auxiliary'),
  secure: true,
};

/** The description itself, which only `/oic/wk/introspection` tells of. */
export const introspectionDataFacts: ResourceFacts = {
  ...facts(corePaths.introspectionData, 'oic.introspection.data', 'auxiliary'),
  secure: true,
  discoverable: false,
};

/** `/oic/d` of a kind of device. */
export function deviceResourceFacts({ type }: DeviceModel): ResourceFacts {
  const base = facts(corePaths.device, 'oic.wk.d', 'core');
  return { ...base, types: [type, ...base.types] };
}

/** The properties of `/oic/wk/con`. */
export type ConfigurationProperties = { readonly n: ResourceProperty<string, false, true> };

/** `/oic/wk/con`: the name that people give the device, which outlives restarts. */
export function configurationResource({ name }: DeviceModel): ResourceDefinition<ConfigurationProperties> {
  const resource = defineResource({
    path: corePaths.configuration,
    types: ['oic.wk.con'],
    interfaces: ['oic.if.rw'],
    properties: { n: readWrite(text({ minimum: 1, maximum: 64 })) },
    initial: { n: name },
    durable: true,
    observable: false,
  });
  return { ...resource, kind: 'auxiliary' };
}

/** What `/oic/d` says. */
export function deviceRepresentation(
  model: DeviceModel,
  { device, permanent }: DeviceFacts,
  name: string,
): Record<string, CborInput> {
  const { specification: icv, dataModels: dmv, softwareVersion: sv, modelNumber: dmno } = model;
  return { di: device, piid: permanent, n: name, icv, dmv, sv, dmno };
}

/** What `/oic/p` says. */
export function platformRepresentation(
  { manufacturer, platform }: DeviceModel,
  facts: DeviceFacts,
): Record<string, CborInput> {
  return { pi: facts.platform, mnmn: manufacturer, ...platform };
}

function facts(path: string, type: string, kind: ResourceKind): ResourceFacts {
  const interfaces = ['oic.if.r', 'oic.if.baseline'] as const;
  return { path, types: [type], interfaces, kind, discoverable: true, observable: false, secure: false };
}
