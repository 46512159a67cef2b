/** A client that keeps so many GETs under way, and how much CPU time they cost the server. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { systemClock, udpAddress, UdpPort } from '@selvage/core/node';
import { DtlsTransport } from '@selvage/dtls';
import { psk } from '../dtls/modes.js';
import { get, isAnswer } from './served.js';

/** GETs under way: what keeps one core busy and fits every socket's buffer. */
const underWay = 32;
/** A datagram that was lost on the loopback is replaced after so long, ms. */
const patience = 500;

/** What carries datagrams to the server and back. */
interface Line {
  send(datagram: Uint8Array): void;
  onDatagram(receiver: (datagram: Uint8Array) => void): void;
  close(): void;
}

/** A server in its own process and a line to it. */
export class Load {
  readonly #server: ChildProcess;
  readonly #line: Line;
  #sent = 0;

  private constructor(server: ChildProcess, line: Line) {
    this.#server = server;
    this.#line = line;
  }

  static async start(kind: 'plain' | 'dtls' | 'node-coap'): Promise<Load> {
    const server = fork(fileURLToPath(new URL('server.js', import.meta.url)), [kind]);
    const [port] = (await once(server, 'message')) as [number];
    return new Load(server, await lineTo(port, kind === 'dtls'));
  }

  /** Has so many GETs answered; returns the CPU time of the server for one, in microseconds. */
  async run(gets: number): Promise<number> {
    const before = await this.#cpuTime();
    await this.#ask(gets);
    return ((await this.#cpuTime()) - before) / gets;
  }

  stop(): void {
    this.#line.close();
    this.#server.disconnect();
  }

  async #ask(gets: number): Promise<void> {
    let answered = 0;
    let asked = 0;
    let answeredBefore = -1;
    const next = (): void => {
      asked += 1;
      this.#line.send(get(this.#sent++));
    };
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (answered === answeredBefore) next();
        answeredBefore = answered;
      }, patience);
      this.#line.onDatagram((datagram) => {
        if (!isAnswer(datagram)) return;
        answered += 1;
        if (asked < gets) next();
        if (answered < gets) return;
        clearInterval(watch);
        resolve();
      });
      for (let i = 0; i < underWay; i += 1) next();
    });
  }

  async #cpuTime(): Promise<number> {
    const answer = once(this.#server, 'message');
    this.#server.send('cpu');
    const [time] = (await answer) as [number];
    return time;
  }
}

async function lineTo(port: number, secured: boolean): Promise<Line> {
  const socket = await UdpPort.bind();
  const to = udpAddress('127.0.0.1', port);
  if (!secured) {
    return {
      send: (datagram) => socket.send(datagram, to),
      onDatagram: (receiver) => socket.onDatagram(receiver),
      close: () => socket.close(),
    };
  }
  const transport = new DtlsTransport({ port: socket, clock: systemClock });
  const session = await transport.connect(to, psk().client);
  return {
    send: (datagram) => session.send(datagram),
    onDatagram: (receiver) => session.onData(receiver),
    close: () => transport.close(),
  };
}
