import { toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import type { ServerRequest, ServerResponse } from '../../src/index.js';
import { World } from '../support/world.js';
import { storing } from './support/blocks.js';

const random = new SeededRandom('bodies');

describe('a body of any length goes both ways, whole (RFC 7959)', () => {
  const lengths = [0, 1, 15, 16, 17, 1023, 1024, 1025, 2047, 2048, 2049, 5000, 65_536];
  it.each(lengths)('%i bytes', async (length) => {
    for (const maximumPayload of [1232, 127, 80]) {
      const world = new World({ maximumPayload });
      const { server, bodies } = storing(world);
      const client = world.endpoint('client');
      const payload = random.bytes(length);
      let largest = 0;
      world.network.tap((event) => {
        largest = Math.max(largest, event.payload.length);
      });
      const answer = await world.settle(client.request(server.address, { method: 'POST', path: '/big', payload }));
      expect(toHex(bodies[0] as Uint8Array)).toBe(toHex(payload));
      expect(toHex(answer.payload)).toBe(toHex(payload));
      expect(answer.options.some(({ number }) => [23, 27, 28, 60].includes(number))).toBe(false);
      expect(bodies.length).toBe(1);
      expect(largest).toBeLessThanOrEqual(maximumPayload);
      expect(server.endpoint.load.uploads).toBe(0);
    }
  });

  it('by Non-confirmable messages too', async () => {
    const world = new World();
    const { server } = storing(world);
    const client = world.endpoint('client');
    const payload = random.bytes(5000);
    const request = { method: 'POST', path: '/big', payload, confirmable: false } as const;
    expect(toHex((await world.settle(client.request(server.address, request))).payload)).toBe(toHex(payload));
  });

  it('whoever answers late', async () => {
    const world = new World();
    const handler = ({ payload }: ServerRequest) =>
      new Promise<ServerResponse>((resolve) =>
        world.clock.wakeAt(world.clock.now() + 2500, () => resolve({ code: '2.04', payload })),
      );
    const server = world.endpoint('server', { handler });
    const client = world.endpoint('client');
    const payload = random.bytes(3000);
    const answer = await world.settle(client.request(server.address, { method: 'PUT', path: '/big', payload }));
    expect(toHex(answer.payload)).toBe(toHex(payload));
  });
});
