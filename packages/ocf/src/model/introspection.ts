import type { CborInput } from '@selvage/core';
import type { JsonSchema } from '../property/schema.js';
import type { ApplicationResource, DeviceModel } from './device-model.js';
import { interfaceAllows, type InterfaceName } from './interface.js';
import type { Endpoints } from './link.js';
import type { ResourceDefinition } from './resource.js';
import { corePaths } from './core-resources.js';

/** What `/oic/wk/introspection` says: where the description is, for who asks. */
export function introspectionRepresentation({ coaps }: Endpoints): Record<string, CborInput> {
  const url = `${coaps ?? ''}${corePaths.introspectionData}`;
  return { urlInfo: [{ 'content-type': 'application/cbor', protocol: 'coaps', url, version: 1 }] };
}

/**
 * The description of a device's resources as a Swagger 2.0 document, made from their declarations: paths with their
 * methods, interfaces and the schemas of what is sent.
 * @param resources those of the application, and `/oic/wk/con`
 */
export function introspectionDocument(
  { name }: DeviceModel,
  resources: readonly ApplicationResource[],
): Record<string, CborInput> {
  return {
    swagger: '2.0',
    info: { title: name, version: '1.0' },
    schemes: ['http'],
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: Object.fromEntries(resources.map((one) => [one.path, operationsOf(one)])),
    definitions: Object.fromEntries(resources.flatMap(definitionsOf)),
  };
}

function operationsOf(resource: ApplicationResource): CborInput {
  const answer = { 200: { description: '', schema: referenceTo(definitionName(resource)) } };
  const get = {
    description: resource.types.join(' '),
    parameters: [interfacesFor(resource, 'GET')],
    responses: answer,
  };
  if (!isWritable(resource)) return { get };
  const body = { name: 'body', in: 'body', required: true, schema: referenceTo(updateName(resource)) };
  return { get, post: { ...get, parameters: [interfacesFor(resource, 'POST'), body] } };
}

function interfacesFor({ interfaces }: ApplicationResource, method: 'GET' | 'POST'): CborInput {
  const names: readonly InterfaceName[] = interfaces.filter((one) => interfaceAllows(one, method));
  return { name: 'if', in: 'query', type: 'string', enum: names };
}

function definitionsOf(resource: ApplicationResource): [string, CborInput][] {
  const whole: [string, CborInput] = [definitionName(resource), wireSchema(wholeSchema(resource))];
  return isWritable(resource) ? [whole, [updateName(resource), wireSchema(updateSchema(resource))]] : [whole];
}

function wholeSchema(resource: ApplicationResource): JsonSchema {
  if (resource.form === 'collection') return { type: 'array', items: { type: 'object' } };
  const entries = Object.entries(resource.properties);
  const properties = entries.map(([name, { type, writable }]) => [
    name,
    writable ? type.schema : { ...type.schema, readOnly: true },
  ]);
  const required = entries.filter(([, { optional }]) => !optional).map(([name]) => name);
  return {
    type: 'object',
    properties: { ...commonProperties(resource), ...Object.fromEntries(properties) } as Record<string, JsonSchema>,
    ...(required.length > 0 && { required }),
  };
}

function updateSchema(resource: ApplicationResource): JsonSchema {
  if (resource.form === 'collection') return { type: 'array', items: { type: 'object' }, minItems: 1 };
  const writable = Object.entries(resource.properties).filter(([, property]) => property.writable);
  return { type: 'object', properties: Object.fromEntries(writable.map(([name, { type }]) => [name, type.schema])) };
}

function commonProperties({ types, interfaces }: ApplicationResource): Record<string, JsonSchema> {
  const listing = (values: readonly string[]): JsonSchema => {
    return { type: 'array', items: { type: 'string', enum: values }, minItems: 1, uniqueItems: true, readOnly: true };
  };
  return { rt: listing(types), if: listing(interfaces) };
}

function isWritable(resource: ApplicationResource): boolean {
  if (resource.form === 'collection') return !resource.atomic;
  return hasWritable(resource);
}

/** Whether clients may change a property of the resource. */
export function hasWritable({ properties }: ResourceDefinition): boolean {
  return Object.values(properties).some(({ writable }) => writable);
}

/** A name per resource, not per type: two of one type may have other ranges. */
function definitionName({ path }: ApplicationResource): string {
  return path.slice(1).replaceAll('/', '.');
}

function updateName(resource: ApplicationResource): string {
  return `${definitionName(resource)}.update`;
}

function referenceTo(name: string): CborInput {
  return { $ref: `#/definitions/${name}` };
}

/** Schemas are plain data of the kinds that CBOR has. */
function wireSchema(schema: JsonSchema): CborInput {
  return schema as CborInput;
}
