import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Schema } from './schema.js';

/** One method of a Swagger document of OCF. */
export interface SchemaOperation {
  readonly parameters?: readonly { readonly $ref?: string; readonly in?: string; readonly schema?: Schema }[];
  readonly responses: Readonly<Record<string, { readonly schema: Schema; readonly 'x-example'?: unknown }>>;
}

/** A Swagger document of OCF, as far as it is used here. */
export interface SchemaDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, SchemaOperation>>>>;
  readonly parameters: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Where the public schemas are: `SELVAGE_VECTORS`, or `shared/vectors` beside the repository. */
const vectors =
  process.env['SELVAGE_VECTORS'] ?? fileURLToPath(new URL('../../../../../shared/vectors', import.meta.url));
const folder = join(vectors, 'ocf-schemas');

/**
 * Describes tests that need OCF's schemas (openconnectivityfoundation, `core`, `security` and `IoTDataModels`). Where they
 * are absent the suite says so and counts its cases as skipped; under `CI=true` absence is a failure.
 */
export function describeWithSchemas(name: string, cases: number, suite: () => void): void {
  if (existsSync(folder)) {
    describe(name, suite);
    return;
  }
  const reason = `OCF's schemas are not in ${folder}: set SELVAGE_VECTORS`;
  describe(name, () => {
    if (process.env['CI'] === 'true') {
      it('has its schemas', () => {
        expect.fail(reason);
      });
      return;
    }
    for (let n = 0; n < cases; n++) it.skip(`case ${n}: ${reason}`, () => undefined);
  });
}

/** A schema document, such as `models/BinarySwitchResURI`. */
export function schemaDocument(name: string): SchemaDocument {
  return JSON.parse(readFileSync(join(folder, `${name}.swagger.json`), 'utf8')) as SchemaDocument;
}

/** The operation of the only path, or of the path that ends so. */
export function operationOf(document: SchemaDocument, method: 'get' | 'post', ending = ''): SchemaOperation {
  const path = Object.keys(document.paths).find((one) => one.endsWith(ending));
  const operation = document.paths[path ?? '']?.[method];
  if (operation === undefined) throw new RangeError(`there is no ${method} of ${ending}`);
  return operation;
}
