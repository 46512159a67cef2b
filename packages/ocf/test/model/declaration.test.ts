import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  binarySwitch,
  boolean,
  type CollectionOptions,
  defineAtomicMeasurement,
  defineCollection,
  defineResource,
  type DeviceModelOptions,
  deviceModel,
  integer,
  optional,
  readOnly,
  readWrite,
  type ResourceOptions,
  text,
  type UpdateOf,
  type ValuesOf,
} from '../../src/index.js';

const example = { on: readWrite(boolean), name: readWrite(optional(text())), hours: readOnly(integer()) };
const lamp = { path: '/lamp', ...binarySwitch, initial: { value: false } };
const caller = (code: string): unknown => expect.objectContaining({ code, fault: 'caller' });

describe('a declaration gives types', () => {
  it('of the values that a resource has', () => {
    expect(Object.keys(example)).toEqual(['on', 'name', 'hours']);
    expectTypeOf<ValuesOf<typeof example>>().toEqualTypeOf<{
      readonly on: boolean;
      readonly hours: number;
      readonly name?: string;
    }>();
  });

  it('of what clients may change', () => {
    expectTypeOf<UpdateOf<typeof example>>().toEqualTypeOf<{ readonly on?: boolean; readonly name?: string }>();
  });

  it('that what a resource starts with must have', () => {
    // @ts-expect-error a value of another type
    expect(() => defineResource({ ...lamp, initial: { value: 1 } })).toThrow(caller('invalid-value'));
    // @ts-expect-error a property that is not declared
    expect(() => defineResource({ ...lamp, initial: { value: true, level: 1 } })).toThrow(caller('invalid-value'));
  });
});

describe('a declaration is refused', () => {
  const resources: [string, Partial<ResourceOptions<typeof binarySwitch.properties>>][] = [
    ['a path without a slash in front', { path: 'lamp' }],
    ['a path with a slash at its end', { path: '/lamp/' }],
    ['a path with a query', { path: '/lamp?x=1' }],
    ['no path', { path: '' }],
    ['no resource type', { types: [] }],
    ['a resource type with a blank', { types: ['oic.r switch'] }],
    ['a resource type of 65 characters', { types: [`x.${'y'.repeat(63)}`] }],
    ['no interface', { interfaces: [] }],
  ];
  it.each(resources)('of a resource with %s', (_, options) => {
    expect(() => defineResource({ ...lamp, ...options })).toThrow(caller('invalid-argument'));
  });

  const models: [string, Partial<DeviceModelOptions>][] = [
    ['no name', { name: '' }],
    ['a name of 65 characters', { name: 'x'.repeat(65) }],
    ['no manufacturer', { manufacturer: '' }],
    ['two resources at one path', { resources: [defineResource(lamp), defineResource(lamp)] }],
    ['a resource where the device has its own', { resources: [defineResource({ ...lamp, path: '/oic/lamp' })] }],
    ['a resource at its introspection', { resources: [defineResource({ ...lamp, path: '/oc/introspection' })] }],
    ['a collection of what is not there', { resources: [collection({ members: ['/lamp'] })] }],
    ['a measurement of collections', { resources: [fever(['/all']), collection({})] }],
    ['a collection of itself', { resources: [collection({ members: ['/all'] })] }],
  ];
  it.each(models)('of a device with %s', (_, options) => {
    const whole = { name: 'Lamp', type: 'oic.d.light', manufacturer: 'Us', resources: [], ...options } as const;
    expect(() => deviceModel(whole)).toThrow(caller('invalid-argument'));
  });
});

describe('a resource that is declared', () => {
  it('is discoverable, observable and secure unless told otherwise, and has baseline', () => {
    expect(defineResource(lamp)).toMatchObject({
      kind: 'application',
      interfaces: ['oic.if.a', 'oic.if.baseline'],
      discoverable: true,
      observable: true,
      secure: true,
      durable: false,
    });
    expect(defineResource({ ...lamp, observable: false, discoverable: false, secure: false })).toMatchObject({
      discoverable: false,
      observable: false,
      secure: false,
    });
  });

  it('may name baseline itself, as the default', () => {
    const { interfaces } = defineResource({ ...lamp, interfaces: ['oic.if.baseline', 'oic.if.a'] });
    expect(interfaces).toEqual(['oic.if.baseline', 'oic.if.a']);
  });
});

function fever(members: readonly string[]): ReturnType<typeof defineAtomicMeasurement> {
  return defineAtomicMeasurement({ path: '/fever', members });
}

function collection(options: Partial<CollectionOptions>): ReturnType<typeof defineCollection> {
  return defineCollection({ path: '/all', members: [], ...options });
}
