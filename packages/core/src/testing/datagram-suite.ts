import { toHex } from '../bytes/hex.js';
import type { DatagramPort, PeerAddress } from '../ports.js';
import type { TestFunctions } from './harness.js';
import { outcomeOf } from './outcome.js';

/** Two open ports that reach each other without loss. */
export interface DatagramHarness<Address extends PeerAddress> {
  readonly a: DatagramPort<Address>;
  readonly addressOfA: Address;
  readonly b: DatagramPort<Address>;
  readonly addressOfB: Address;
  /** Lets datagrams travel until the condition holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** What every {@link DatagramPort} must do. */
export function datagramSuite<Address extends PeerAddress>(
  { describe, it, expect }: TestFunctions,
  options: { readonly name: string; readonly create: () => Promise<DatagramHarness<Address>> },
): void {
  const test = (name: string, body: (harness: DatagramHarness<Address>) => Promise<void>): void => {
    it(name, async () => {
      const harness = await options.create();
      try {
        await body(harness);
      } finally {
        harness.a.close();
        harness.b.close();
      }
    });
  };

  describe(`${options.name}: datagram port contract`, () => {
    test('carries a payload and says whom it is from', async ({ a, addressOfA, b, addressOfB, until }) => {
      const received = collect(b);
      a.send(new Uint8Array([1, 2, 3]), addressOfB);
      await until(() => received.length === 1);
      expect(received).toEqual([{ payload: '010203', from: addressOfA.key }]);
    });

    test('sends back to the address that a datagram came from', async ({ a, b, addressOfB, until }) => {
      const received = collect(a);
      b.onDatagram((payload, from) => b.send(payload, from));
      a.send(new Uint8Array([7]), addressOfB);
      await until(() => received.length === 1);
      expect(received).toEqual([{ payload: '07', from: addressOfB.key }]);
    });

    test('keeps datagrams apart, empty ones too', async ({ a, b, addressOfB, until }) => {
      const received = collect(b);
      for (const payload of [[1], [], [2, 2]]) a.send(new Uint8Array(payload), addressOfB);
      await until(() => received.length === 3);
      expect(received.map(({ payload }) => payload).sort()).toEqual(['', '01', '0202']);
    });

    test('carries exactly its maximum payload, and refuses more', async ({ a, b, addressOfB, until }) => {
      const received = collect(b);
      a.send(new Uint8Array(a.maximumPayload).fill(5), addressOfB);
      await until(() => received.length === 1);
      expect(received[0]?.payload).toBe('05'.repeat(a.maximumPayload));
      const refused = outcomeOf(() => a.send(new Uint8Array(a.maximumPayload + 1), addressOfB));
      expect(refused).toBe('payload-too-large');
    });

    test('lets the sender use its buffer again at once', async ({ a, b, addressOfB, until }) => {
      const received = collect(b);
      const buffer = new Uint8Array([1]);
      a.send(buffer, addressOfB);
      buffer.fill(9);
      await until(() => received.length === 1);
      expect(received[0]?.payload).toBe('01');
    });

    test('gives the bytes to the receiver, who may change them', async ({ a, b, addressOfB, until }) => {
      const received: Uint8Array[] = [];
      b.onDatagram((payload) => received.push(payload));
      const sent = new Uint8Array([1]);
      a.send(sent, addressOfB);
      a.send(sent, addressOfB);
      await until(() => received.length === 2);
      received[0]?.fill(9);
      expect([sent, received[1]].map((bytes) => bytes && toHex(bytes))).toEqual(['01', '01']);
    });

    test('hands over to the receiver set last', async ({ a, b, addressOfB, until }) => {
      const first = collect(b);
      const second = collect(b);
      a.send(new Uint8Array([1]), addressOfB);
      await until(() => second.length === 1);
      expect(first.length).toBe(0);
    });

    test('is silent after close, which may be repeated', async ({ a, addressOfA, b, addressOfB, until }) => {
      const atB = collect(b);
      const atA = collect(a);
      a.send(new Uint8Array([1]), addressOfB);
      b.close();
      b.close();
      a.send(new Uint8Array([2]), addressOfB);
      a.send(new Uint8Array([3]), addressOfA);
      await until(() => atA.length === 1);
      expect(atB).toEqual([]);
      expect(outcomeOf(() => b.send(new Uint8Array(1), addressOfA))).toBe('port-closed');
      expect(outcomeOf(() => b.onDatagram(() => undefined))).toBe('port-closed');
    });
  });
}

interface Received {
  readonly payload: string;
  readonly from: string;
}

function collect<Address extends PeerAddress>(port: DatagramPort<Address>): Received[] {
  const received: Received[] = [];
  port.onDatagram((payload, from) => received.push({ payload: toHex(payload), from: from.key }));
  return received;
}
