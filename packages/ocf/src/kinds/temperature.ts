import type { Query } from '../model/query.js';
import type { DataModel } from '../model/resource.js';
import { readOnly, readWrite } from '../model/resource-property.js';
import { listOf } from '../property/list.js';
import { oneOf } from '../property/one-of.js';
import { inWords, misfit } from '../property/property-type.js';
import { optional } from '../property/record.js';
import { number } from '../property/scalars.js';
import { checkRange } from './refused-setting.js';

const units = ['C', 'F', 'K'] as const;

/** Celsius, Fahrenheit or Kelvin. */
export type TemperatureUnit = (typeof units)[number];

const about = {
  /** The least and the most that is measured or can be set. */
  range: readOnly(optional(listOf(number(), { minimum: 2, maximum: 2 }))),
  step: readOnly(optional(number())),
  precision: readOnly(optional(number())),
};
const measured = { temperature: readOnly(number()), units: readOnly(optional(oneOf(units))), ...about };
const settable = { temperature: readWrite(number()), units: readWrite(optional(oneOf(units))), ...about };

/** `oic.r.temperature` that is measured. `?units=F` shows it in Fahrenheit. */
export const temperatureSensor: DataModel<typeof measured> = {
  types: ['oic.r.temperature'],
  interfaces: ['oic.if.s'],
  properties: measured,
  present: inUnits,
};

/**
 * `oic.r.temperature` that is set. `units` in an update say what its temperature is in; the device keeps the unit that it
 * has.
 */
export const temperatureSetting: DataModel<typeof settable> = {
  types: ['oic.r.temperature'],
  interfaces: ['oic.if.a'],
  properties: settable,
  present: inUnits,
  update({ temperature, units: from }, { units: to = 'C', range }) {
    if (temperature === undefined) throw misfit('units without a temperature');
    const value = converted(temperature, from ?? to, to);
    checkRange(value, range);
    return { temperature: value };
  },
};

/** A temperature in another unit, to a hundredth of a degree. */
export function converted(value: number, from: TemperatureUnit, to: TemperatureUnit): number {
  return from === to ? value : Math.round(fromCelsius[to](toCelsius[from](value)) * 100) / 100;
}

const toCelsius: Record<TemperatureUnit, (value: number) => number> = {
  C: (value) => value,
  F: (value) => ((value - 32) * 5) / 9,
  K: (value) => value - 273.15,
};

const fromCelsius: Record<TemperatureUnit, (value: number) => number> = {
  C: (value) => value,
  F: (value) => (value * 9) / 5 + 32,
  K: (value) => value + 273.15,
};

/** Everything that is in a unit of temperature. */
interface Temperatures {
  readonly temperature: number;
  readonly units?: TemperatureUnit;
  readonly range?: readonly number[];
  readonly step?: number;
  readonly precision?: number;
}

function inUnits<V extends Temperatures>(values: V, query: Query): V {
  const asked = query.first('units');
  if (asked === undefined) return values;
  const to = units.find((unit) => unit === asked);
  if (to === undefined) throw misfit(`${inWords(asked)} is no unit of temperature`);
  const { units: from = 'C', temperature, range } = values;
  const scaled = range && { range: range.map((one) => converted(one, from, to)) };
  return { ...values, temperature: converted(temperature, from, to), units: to, ...scaled };
}
