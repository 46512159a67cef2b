/** @type {Map<number, string>} */
const shown = new Map();
/** @type {Map<number, (pin: string) => void>} */
const waiting = new Map();

process.on('message', (message) => {
  const { index, pin } = /** @type {{ index: number, pin: string }} */ (message);
  shown.set(index, pin);
  waiting.get(index)?.(pin);
});

/**
 * The PIN that a light shows, as the parent told it; waits until it does.
 * @param {number} index
 * @returns {Promise<string>}
 */
export function readPin(index) {
  const pin = shown.get(index);
  shown.delete(index);
  return pin === undefined ? new Promise((resolve) => waiting.set(index, resolve)) : Promise.resolve(pin);
}
