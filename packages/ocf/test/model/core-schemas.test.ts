import { expect, it } from 'vitest';
import {
  defineAtomicMeasurement,
  defineCollection,
  defineResource,
  deviceModel,
  motionSensor,
  parseUuid,
  temperatureSensor,
} from '../../src/index.js';
import { describeWithSchemas, operationOf, schemaDocument } from '../support/ocf-schemas.js';
import { problemsOf, type Schema } from '../support/schema.js';
import { get, tableOf } from '../support/table.js';

const model = deviceModel({
  name: 'Room',
  type: 'oic.d.sensor',
  manufacturer: 'Us',
  softwareVersion: '1.2.3',
  modelNumber: 'R1',
  platform: { mnmo: 'R1', mndt: '2026-11-22', mnfv: '1.2.3', mnsel: '00-01', mnml: 'https://example.com/' },
  resources: [
    defineResource({ path: '/ear', ...temperatureSensor, initial: { temperature: 37 } }),
    defineResource({ path: '/moved', ...motionSensor, initial: { value: false } }),
    defineResource({ path: '/temperature', ...temperatureSensor, initial: { temperature: 20, units: 'C' } }),
    defineCollection({ path: '/room', members: ['/temperature'] }),
    defineAtomicMeasurement({ path: '/fever', members: ['/ear', '/moved'] }),
  ],
});
const table = tableOf(model, {
  domain: { uuid: parseUuid('11111111-2222-4333-8444-555555555555'), name: 'Home' },
});

const shown: [uri: string, document: string, ending: string][] = [
  ['/oic/res', 'oic.wk.res', 'oic.if.ll'],
  ['/oic/res?if=oic.if.baseline', 'oic.wk.res', 'oic.if.baseline'],
  ['/oic/res?if=oic.if.b', 'oic.wk.res', 'oic.if.b'],
  ['/oic/d', 'oic.wk.d', ''],
  ['/oic/d?if=oic.if.baseline', 'oic.wk.d', ''],
  ['/oic/p', 'oic.wk.p', ''],
  ['/oic/p?if=oic.if.baseline', 'oic.wk.p', ''],
  ['/oic/wk/introspection', 'oic.wk.introspection', ''],
  ['/oic/wk/introspection?if=oic.if.baseline', 'oic.wk.introspection', ''],
  ['/room', 'oic.wk.col', 'oic.if.ll'],
  ['/room?if=oic.if.b', 'oic.wk.col', 'oic.if.b'],
  ['/room?if=oic.if.baseline', 'oic.wk.col', 'oic.if.baseline'],
  ['/fever', 'oic.wk.atomicmeasurement', 'oic.if.b'],
  ['/fever?if=oic.if.ll', 'oic.wk.atomicmeasurement', 'oic.if.ll'],
  ['/fever?if=oic.if.baseline', 'oic.wk.atomicmeasurement', 'oic.if.baseline'],
];

describeWithSchemas("core resources are as OCF's schemas say (core)", shown.length + 1, () => {
  it.each(shown)('%s', (uri, name, ending) => {
    const document = schemaDocument(`core/${name}`);
    const schema = operationOf(document, 'get', ending).responses['200']?.schema as Schema;
    const { code, value } = get(table, uri);
    expect(code).toBe('2.05');
    expect(problemsOf(value, schema, document.definitions)).toEqual([]);
  });

  it('which do find what is wrong', () => {
    const { definitions } = schemaDocument('core/oic.wk.d');
    const { di: _, ...value } = get(table, '/oic/d').value as { di: string };
    const problems = problemsOf(
      { ...value, dmno: 'x'.repeat(65), sv: 7 },
      definitions['Device'] as Schema,
      definitions,
    );
    expect(problems.map((one) => one.split(' ')[0])).toEqual(['.di:', '.sv:', '.dmno:']);
  });
});
