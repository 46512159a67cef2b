import { describe, expect, it } from 'vitest';
import { forgeries } from '../contract/ecjpake-tampering.js';
import mbedTls from '../vectors/ecjpake-mbedtls.json' with { type: 'json' };
import openThread from '../vectors/ecjpake-openthread.json' with { type: 'json' };

describe('EC-JPAKE cases of the contract suites', () => {
  it("have 76 messages of Mbed TLS's tests, 72 of them bad", () => {
    expect(mbedTls.cases.length).toBe(76);
    expect(mbedTls.cases.filter(({ result }) => result !== 'valid').length).toBe(72);
  });

  it('have 51 forgeries of every key', () => {
    expect(forgeries.length).toBe(51);
    expect(new Set(forgeries.map(({ name }) => name)).size).toBe(51);
  });

  it('have both sides of seven captured exchanges', () => {
    const sides = Object.values(openThread.captures).map((capture) => capture.map(({ role }) => role).join(' '));
    const pair = 'client server';
    expect(sides).toEqual([pair, `${pair} ${pair}`, `${pair} ${pair} ${pair} ${pair}`]);
  });
});
