import { decodeCbor, encodeCbor, SelvageError, within } from '@selvage/core';
import { misfit } from '../property/property-type.js';
import type { ResourceProperties, ResourceProperty } from './resource-property.js';

/** Values by the names of their properties. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * Values of the device's own making in the form that the wire gives them, checked as those of a client are; those that
 * are `undefined` are left out.
 * @throws SelvageError `invalid-value`, fault `caller`, for what is no property, or no value of it
 */
export function checkedValues(path: string, properties: ResourceProperties, values: Values): Values {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) result[name] = checkedOne(path, name, properties[name], value);
  }
  return result;
}

function checkedOne(path: string, name: string, property: ResourceProperty | undefined, value: unknown): unknown {
  try {
    if (property === undefined) throw misfit('is no property of it');
    return property.type.read(decodeCbor(encodeCbor(property.type.write(value))));
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    const { message } = within(error, name) as SelvageError;
    throw new SelvageError('invalid-value', `${path}: ${message}`, { fault: 'caller', cause: error });
  }
}
