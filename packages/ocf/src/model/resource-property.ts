import type { PropertyType } from '../property/property-type.js';
import type { OptionalType } from '../property/record.js';

/** A property of a resource: what it takes, and whether clients may change it. */
export interface ResourceProperty<T = unknown, Optional extends boolean = boolean, Writable extends boolean = boolean> {
  readonly type: PropertyType<T>;
  /** Whether a resource may be without it. */
  readonly optional: Optional;
  readonly writable: Writable;
}

/** The properties of a resource by name, in the order in which they are sent. */
export type ResourceProperties = Readonly<Record<string, ResourceProperty>>;

type Simplify<T> = { [K in keyof T]: T[K] };
type TypeOf<P> = P extends ResourceProperty<infer T> ? T : never;
type NamesOf<P extends ResourceProperties, Wanted> = {
  [K in keyof P]: P[K] extends Wanted ? K : never;
}[keyof P];
type MayBeAbsent = { readonly optional: true };
type MayBeWritten = { readonly writable: true };

/** The values of a resource's properties. */
export type ValuesOf<P extends ResourceProperties> = Simplify<
  { readonly [K in Exclude<keyof P, NamesOf<P, MayBeAbsent>>]: TypeOf<P[K]> } & {
    readonly [K in NamesOf<P, MayBeAbsent>]?: TypeOf<P[K]>;
  }
>;

/** What an update of a resource by a client may hold. */
export type UpdateOf<P extends ResourceProperties> = {
  readonly [K in NamesOf<P, MayBeWritten>]?: TypeOf<P[K]>;
};

/** A property that clients may read and change. */
export function readWrite<T>(type: OptionalType<T>): ResourceProperty<T, true, true>;
export function readWrite<T>(type: PropertyType<T>): ResourceProperty<T, false, true>;
export function readWrite<T>(type: PropertyType<T> | OptionalType<T>): ResourceProperty<T, boolean, true> {
  return property(type, true);
}

/** A property that clients may only read; the device itself changes it. */
export function readOnly<T>(type: OptionalType<T>): ResourceProperty<T, true, false>;
export function readOnly<T>(type: PropertyType<T>): ResourceProperty<T, false, false>;
export function readOnly<T>(type: PropertyType<T> | OptionalType<T>): ResourceProperty<T, boolean, false> {
  return property(type, false);
}

function property<T, W extends boolean>(
  type: PropertyType<T> | OptionalType<T>,
  writable: W,
): ResourceProperty<T, boolean, W> {
  return 'optional' in type ? { type: type.optional, optional: true, writable } : { type, optional: false, writable };
}
