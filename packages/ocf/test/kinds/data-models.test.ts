import { describe, expect, it } from 'vitest';
import {
  binarySwitch,
  type DataModel,
  defineResource,
  deviceModel,
  dimming,
  humiditySensor,
  lockStatus,
  mode,
  motionSensor,
  type ResourceProperties,
  type ResourceTable,
  temperatureSensor,
  temperatureSetting,
  type ValuesOf,
} from '../../src/index.js';
import { describeWithSchemas, operationOf, schemaDocument } from '../support/ocf-schemas.js';
import { problemsOf, resolved, type Schema } from '../support/schema.js';
import { get, post, tableOf } from '../support/table.js';

type Example = Readonly<Record<string, unknown>>;

/** A data model with the document of OCF that it is an implementation of. */
interface Case {
  readonly document: string;
  readonly model: DataModel<ResourceProperties>;
  readonly initial: Example;
  /** What the document has and this model, an application of it, has on purpose otherwise. */
  readonly otherwise?: Readonly<Record<string, string>>;
}

const cases: Record<string, Case> = {
  binarySwitch: modelCase('BinarySwitchResURI', binarySwitch, { value: false }),
  dimming: modelCase('DimmingResURI', dimming, { dimmingSetting: 30, range: [0, 100], step: 5 }),
  humiditySensor: modelCase('HumidityResURI', humiditySensor, { humidity: 40 }),
  lockStatus: modelCase('LockStatusResURI', lockStatus, { lockState: 'Locked' }),
  mode: modelCase('ModeResURI', mode, {
    supportedModes: ['active', 'armedAway', 'armedStay', 'armedInstant'],
    modes: ['active'],
  }),
  motionSensor: modelCase('MotionResURI', motionSensor, { value: true }),
  temperatureSensor: {
    ...modelCase('TemperatureResURI', temperatureSensor, { temperature: 20, units: 'C' }),
    otherwise: { temperature: 'a sensor’s is read-only', units: 'a sensor’s is read-only' },
  },
  temperatureSetting: modelCase('TemperatureResURI', temperatureSetting, { temperature: 20, units: 'C' }),
};

const perCase = 5;

describeWithSchemas("the data models are OCF's (IoTDataModels)", Object.keys(cases).length * perCase, () => {
  describe.each(Object.entries(cases))('%s', (_, { document: name, model, initial, otherwise = {} }) => {
    const document = schemaDocument(`models/${name}`);
    const { definitions } = document;
    const retrieved = operationOf(document, 'get').responses['200'];
    const declared = resolved(retrieved?.schema as Schema, definitions);
    const tableWith = (values: Example): ResourceTable => {
      const resource = defineResource({ path: '/it', ...model, initial: values });
      return tableOf(deviceModel({ name: 'It', type: 'oic.d.it', manufacturer: 'Us', resources: [resource] }));
    };

    it('has its type, and interfaces among its own', () => {
      const types = declared.properties?.['rt']?.items?.enum;
      expect(model.types).toEqual(types);
      const names = document.parameters['interface']?.enum;
      for (const one of model.interfaces) expect(names).toContain(one);
    });

    it('has properties of the same types, required, bounded and read-only alike', () => {
      const { properties = {}, required = [] } = declared;
      for (const [property, { type, writable, optional }] of Object.entries(model.properties)) {
        const theirs = properties[property];
        expect(theirs, property).toBeDefined();
        if (theirs?.$ref !== undefined) continue;
        expect({ ...type.schema, maxItems: undefined, items: undefined }, property).toMatchObject(
          bounds(theirs as Schema),
        );
        if (otherwise[property] === undefined) expect(writable, property).toBe(theirs?.readOnly !== true);
        expect(optional, property).toBe(!required.includes(property));
      }
      for (const property of required) expect(model.properties, property).toHaveProperty(property);
    });

    it('shows what fits its schema, in each interface', () => {
      const table = tableWith(initial);
      for (const one of [...model.interfaces, 'oic.if.baseline']) {
        const { code, value } = get(table, `/it?if=${one}`);
        expect(code).toBe('2.05');
        expect(problemsOf(value, declared, definitions)).toEqual([]);
      }
    });

    it('can be what the example shows, and then shows the same', () => {
      const { rt: _rt, if: _if, ...values } = retrieved?.['x-example'] as Example;
      const known = Object.fromEntries(Object.entries(values).filter(([property]) => property in model.properties));
      expect(Object.keys(known).length).toBeGreaterThan(0);
      expect(get(tableWith(known as never), '/it')).toEqual({ code: '2.05', value: known });
    });

    it('takes the update of the example, or has none', () => {
      const writable = Object.values(model.properties).some((property) => property.writable);
      if (!writable) {
        expect(post(tableWith(initial), '/it?if=oic.if.baseline', { value: false }).code).toBe('4.05');
        return;
      }
      const example = operationOf(document, 'post').responses['200']?.['x-example'] as Record<string, never>;
      const { code, value } = post(tableWith(initial), '/it', example);
      expect([code, Object.keys(value as Example)]).toEqual(['2.04', Object.keys(example)]);
      expect(problemsOf(value, declared, definitions).filter((one) => !one.endsWith('is missing'))).toEqual([]);
    });
  });
});

/** What of a schema must be the same: its words and further references aside. */
function bounds({ type, enum: values, minimum, maximum }: Schema): Schema {
  return {
    ...(type !== undefined && { type }),
    ...(values !== undefined && { enum: values }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
  };
}

function modelCase<P extends ResourceProperties>(document: string, model: DataModel<P>, initial: ValuesOf<P>): Case {
  return { document, model, initial: initial };
}
