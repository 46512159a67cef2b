import { describe, expect, it } from 'vitest';
import { type DeviceKind, deviceKinds } from '../../src/index.js';
import { type Definitions, problemsOf, type Schema } from '../support/schema.js';
import { get, owner, post, tableOf } from '../support/table.js';

interface Operation {
  readonly parameters: readonly { readonly in: string; readonly enum?: readonly string[]; readonly schema?: Schema }[];
  readonly responses: { readonly 200: { readonly schema: Schema } };
}

interface Document {
  readonly swagger: string;
  readonly info: { readonly title: string };
  readonly paths: Readonly<Record<string, { readonly get: Operation; readonly post?: Operation }>>;
  readonly definitions: Definitions;
}

describe('introspection', () => {
  it('/oic/wk/introspection tells where the description is, on a secured endpoint', () => {
    expect(get(tableOf(deviceKinds.light()), '/oic/wk/introspection')).toEqual({
      code: '2.05',
      value: {
        urlInfo: [
          {
            'content-type': 'application/cbor',
            protocol: 'coaps',
            url: 'coaps://[fe80::1]:5684/oc/introspection',
            version: 1,
          },
        ],
      },
    });
  });

  const kinds = Object.keys(deviceKinds) as DeviceKind[];
  describe.each(kinds)('the description of a %s', (kind) => {
    const table = tableOf(deviceKinds[kind]());
    const document = get(table, '/oc/introspection').value as Document;
    const paths = Object.entries(document.paths);

    it('has all resources of its application, and its configuration', () => {
      const listed = get(table, '/oic/res').value as readonly { href: string }[];
      const expected = listed.map(({ href }) => href).filter((href) => isDescribed(table.find(href)?.kind, href));
      expect(paths.map(([path]) => path).toSorted()).toEqual(expected.toSorted());
      expect([document.swagger, document.info.title]).toEqual([
        '2.0',
        get(table, '/oic/d').value && deviceKinds[kind]().name,
      ]);
    });

    it('says of each what it shows', () => {
      for (const [path, operations] of paths) {
        const names = operations.get.parameters.find((one) => one.in === 'query')?.enum ?? [];
        expect(names).toEqual(table.find(path)?.interfaces);
        for (const name of names.filter((one) => one !== 'oic.if.baseline' || !isCollection(path))) {
          const { code, value } = get(table, `${path}?if=${name}`);
          expect(code).toBe('2.05');
          expect(problemsOf(value, operations.get.responses[200].schema, document.definitions)).toEqual([]);
        }
      }
    });

    it('says of each whether and how it can be updated', () => {
      for (const [path, operations] of paths) {
        const nothing = { method: 'POST', path, query: ['if=oic.if.baseline'], value: new Map() } as const;
        const { code } = table.handle(nothing, owner);
        expect(operations.post !== undefined, path).toBe(isCollection(path) || code !== '4.05');
        const names = operations.post?.parameters.find((one) => one.in === 'query')?.enum ?? [];
        for (const name of names) expect(post(table, `${path}?if=${name}`, {}).code, path).not.toBe('4.03');
      }
    });

    it('says of each property whether clients may change it', () => {
      const resources = deviceKinds[kind]().resources.filter((one) => one.form === 'properties');
      for (const { path, properties } of resources) {
        const { properties: described = {} } = document.definitions[path.slice(1)] ?? {};
        for (const [name, { writable }] of Object.entries(properties)) {
          expect(described[name]?.readOnly ?? false, name).toBe(!writable);
        }
      }
    });

    it('refers to nothing that it does not define', () => {
      const references = JSON.stringify(document).match(/#\/definitions\/[^"]+/g) ?? [];
      expect(references.length).toBeGreaterThan(paths.length);
      for (const one of references) expect(document.definitions).toHaveProperty([one.slice('#/definitions/'.length)]);
    });
  });
});

function isDescribed(kind: string | undefined, href: string): boolean {
  return kind === 'application' || href === '/oic/wk/con';
}

function isCollection(path: string): boolean {
  return path === '/room';
}
