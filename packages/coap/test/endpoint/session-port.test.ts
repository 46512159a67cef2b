import { type PeerAddress, SelvageError } from '@selvage/core';
import { SeededEntropy, VirtualClock } from '@selvage/core/virtual';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import {
  CoapTransport,
  type SecuredSession,
  type ServerRequest,
  type SessionAddress,
  SessionPort,
} from '../../src/index.js';
import { text, textOf } from '../support/messages.js';

/** One end of a session; what it sends arrives at the other at once, as over a lossless link. */
class Session implements SecuredSession {
  readonly address: PeerAddress;
  readonly maximumData: number;
  readonly who: string;
  other: Session | undefined;
  open = true;
  largest = 0;
  #onData: ((data: Uint8Array) => void) | undefined;
  #onClosed: (() => void) | undefined;

  constructor(address: string, who: string, maximumData: number) {
    this.address = { key: address };
    this.who = who;
    this.maximumData = maximumData;
  }

  send(data: Uint8Array): void {
    if (!this.open) throw new SelvageError('session-closed', 'closed');
    if (data.length > this.maximumData) throw new SelvageError('payload-too-large', 'too large');
    this.largest = Math.max(this.largest, data.length);
    this.other?.receive(data.slice());
  }

  receive(data: Uint8Array): void {
    this.#onData?.(data);
  }

  onData(receiver: (data: Uint8Array) => void): void {
    this.#onData = receiver;
  }

  onClosed(receiver: () => void): void {
    this.#onClosed = receiver;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.#onClosed?.();
    this.other?.close();
  }
}

function joined(maximumData = 1100, at = 'addr:1') {
  const [mine, theirs] = [new Session(at, 'server', maximumData), new Session(at, `client at ${at}`, maximumData)];
  mine.other = theirs;
  theirs.other = mine;
  return { mine, theirs };
}

function transport(
  clock: VirtualClock,
  name: string,
  handler?: (request: ServerRequest<SessionAddress<Session>>) => ReturnType<NonNullable<Handler>>,
) {
  const port = new SessionPort<Session>();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const options = { port, clock, entropy: new SeededEntropy(name), onError, ...(handler && { handler }) };
  return { port, errors, coap: new CoapTransport(options) };
}
type Handler = ConstructorParameters<typeof CoapTransport<SessionAddress<Session>>>[0]['handler'];

describe('sessions as a datagram port', () => {
  it('carry requests and responses, and show the handler whose session it is', async () => {
    const clock = new VirtualClock();
    const server = transport(clock, 's', ({ from }) => ({ code: '2.05', payload: text(from.session.who) }));
    const client = transport(clock, 'c');
    const { mine, theirs } = joined();
    server.port.add(theirs);
    const answer = await client.coap.request(client.port.add(mine), { method: 'GET' });
    expect(textOf(answer.payload)).toBe('client at addr:1');
    expect(answer.from.session).toBe(mine);
  });

  it('cut bodies to what each session carries', async () => {
    const clock = new VirtualClock();
    const server = transport(clock, 's', ({ payload }) => ({ code: '2.04', payload }));
    const client = transport(clock, 'c');
    for (const maximumData of [1100, 500, 90]) {
      const { mine, theirs } = joined(maximumData);
      server.port.add(theirs);
      const request = { method: 'POST', payload: new Uint8Array(3000).fill(maximumData) } as const;
      const answer = await client.coap.request(client.port.add(mine), request);
      expect(answer.payload).toEqual(request.payload);
      expect(Math.max(mine.largest, theirs.largest)).toBeLessThanOrEqual(maximumData);
    }
    expect(client.port.maximumPayload).toBe(90);
  });

  it('are peers of their own, also two of one address: nothing of one counts in the other', async () => {
    const clock = new VirtualClock();
    let served = 0;
    const server = transport(clock, 's', () => ({ code: '2.05', observable: true, payload: text(`${++served}`) }));
    const sessions = [joined(), joined()];
    const addresses = sessions.map(({ theirs }) => server.port.add(theirs));
    expect(new Set(addresses.map(({ key }) => key)).size).toBe(2);
    const received: Uint8Array[][] = [[], []];
    for (const [i, { mine }] of sessions.entries()) mine.onData((data) => received[i]?.push(data));
    const request = Uint8Array.of(0x41, 1, 0, 7, 0x55, 0x60);
    for (const { mine } of sessions) mine.send(request);
    expect(served).toBe(2);
    expect(server.coap.endpoint.load.observers).toBe(2);
    sessions[0]?.mine.send(request);
    expect([served, received.map((all) => all.length)]).toEqual([2, [2, 1]]);
  });

  it('that end take all with them that was under way', async () => {
    const clock = new VirtualClock();
    let answer: () => void = () => undefined;
    const server = transport(clock, 's', ({ path }) =>
      path === '/late'
        ? new Promise((resolve) => {
            answer = () => resolve({ code: '2.05' });
          })
        : { code: '2.05', observable: true, payload: new Uint8Array(5000) },
    );
    const client = transport(clock, 'c');
    const { mine, theirs } = joined();
    server.port.add(theirs);
    const to = client.port.add(mine);
    let end: unknown;
    const listener = { onNotification: () => undefined, onEnd: (reason: unknown) => void (end = reason) };
    client.coap.observe(to, { method: 'GET', path: '/state' }, listener);
    const pending = client.coap.request(to, { method: 'GET', path: '/late' });
    const failure = pending.catch((error: unknown) => error);
    expect(server.coap.endpoint.load).toMatchObject({ observers: 1, downloads: 1, serving: 1 });
    mine.close();
    expect(await failure).toMatchObject({ code: 'session-closed' });
    expect(end).toMatchObject({ error: { code: 'session-closed' } });
    answer();
    await Promise.resolve();
    const rest = { peers: 0, observers: 0, uploads: 0, downloads: 0, received: 0, requests: 0 };
    expect(server.coap.endpoint.load).toMatchObject(rest);
    expect(client.coap.endpoint.load).toMatchObject(rest);
    server.coap.changed('/state');
    clock.runUntilIdle();
    expect([...server.errors, ...client.errors]).toEqual([]);
  });

  it('are closed with their port, which then takes and gives nothing', () => {
    const port = new SessionPort<Session>();
    const { mine, theirs } = joined();
    const address = port.add(theirs);
    const received: Uint8Array[] = [];
    port.onDatagram((data) => received.push(data));
    port.close();
    port.close();
    expect([theirs.open, mine.open]).toEqual([false, false]);
    expect(outcomeOf(() => port.send(text('x'), address))).toBe('port-closed');
    expect(outcomeOf(() => port.add(joined().theirs))).toBe('port-closed');
    expect(outcomeOf(() => port.onDatagram(() => undefined))).toBe('port-closed');
    theirs.receive(text('late'));
    expect(received).toEqual([]);
  });
});
