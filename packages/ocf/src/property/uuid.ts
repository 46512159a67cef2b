import type { CborValue } from '@selvage/core';
import { isUuid, parseUuid, type Uuid } from '../uuid/uuid.js';
import { inWords, misfit, type PropertyType } from './property-type.js';

const schema = { type: 'string', format: 'uuid' } as const;

/** A UUID as text, in any case; a trailing NUL is tolerated, as the reference's tool sends one. */
export const uuid: PropertyType<Uuid> = {
  schema,
  read(value: CborValue): Uuid {
    if (typeof value !== 'string' || !isUuid(value.replace(/\0$/, ''))) throw misfit(`${inWords(value)} is no UUID`);
    return parseUuid(value);
  },
  write: (value) => value,
};

/** A UUID, or `*` for any. */
export const uuidOrStar: PropertyType<Uuid | '*'> = {
  schema: { type: 'string' },
  read: (value) => (value === '*' ? value : uuid.read(value)),
  write: (value) => value,
};
