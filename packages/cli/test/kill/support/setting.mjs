/**
 * What the processes of these tests tell each other.
 *
 * @typedef {{ root: string, chain: readonly string[], key: string }} Manufacturer all in hex
 * @typedef {{ device: string, plain: number, secured: number }} Hosted where a light is
 * @typedef {{
 *   folder: string,
 *   count: number,
 *   ports?: readonly Hosted[],
 *   manufacturer: Manufacturer,
 * }} DeviceSetting
 * @typedef {'just-works' | 'random-pin' | 'manufacturer-certificate'} Method
 * @typedef {{ folder: string, light: Hosted, index: number }} Attempt an owner's folder, and the light that it takes over
 * @typedef {{ method: Method, manufacturer: Manufacturer, attempts: readonly Attempt[] }} OwnerSetting
 * @typedef {{ before: string, after: string }} Ending whether an owner had the light when it came back, and in the end
 */

/** @returns {DeviceSetting} what the process of lights was told */
export function deviceSetting() {
  return /** @type {DeviceSetting} */ (told());
}

/** @returns {OwnerSetting} what the process of an owner was told */
export function ownerSetting() {
  return /** @type {OwnerSetting} */ (told());
}

/** @returns {unknown} */
function told() {
  return JSON.parse(process.argv[2] ?? '');
}
