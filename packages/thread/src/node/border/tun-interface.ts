import { type ChildProcess, spawn } from 'node:child_process';
import { SelvageError } from '@selvage/core';
import { type UdpAddress, udpAddress, UdpPort } from '@selvage/core/node';
import type { HostSide } from '../../border/mesh-border.js';

/** How a TUN interface is opened. */
export interface TunOptions {
  /** The interface's name, such as `wpan0`: 1 to 15 characters. It must not be there yet. */
  readonly name: string;
  /** Called where the helper ends, or the interface is gone. */
  readonly onClosed?: (reason: SelvageError) => void;
}

const loopback = '127.0.0.1';
/** As many as an interface can hand over in one piece. */
const largestPacket = 65_507;
/** A port that was free a moment ago may be another's: how often one is looked for. */
const mostAttempts = 5;
const mostComplaint = 2000;
/**
 * Runs the helper until it ends, or until our end of its standard input is closed: by us, or by the kernel where this
 * program was killed.
 */
const keeper = `exec 3<&0
socat "$@" </dev/null 3<&- & helper=$!
{ read -r _ <&3; kill $helper; } 2>/dev/null & ear=$!
exec 3<&-
wait $helper; code=$?
kill $ear 2>/dev/null
exit $code`;
/** What `socat -d -d` says when both of its ends are open. */
const ready = /starting data transfer loop/;

/**
 * A TUN interface of the host. Node has no way to open one, so that `socat` does, and hands each packet over as one
 * datagram on loopback: a pipe would run packets together. The helper's socket is connected to ours, and ours takes
 * datagrams from the helper's port alone, so that nobody else on the host speaks for either. The interface goes with
 * the helper, and the helper with this program, however that ends.
 */
export class TunInterface implements HostSide {
  readonly name: string;
  readonly #port: UdpPort;
  readonly #helper: ChildProcess;
  readonly #to: UdpAddress;
  #receiver: (packet: Uint8Array) => void = () => undefined;
  #closed = false;

  private constructor(name: string, port: UdpPort, { process, to }: Helper) {
    this.name = name;
    this.#port = port;
    this.#helper = process;
    this.#to = to;
    port.onDatagram((packet, from) => {
      if (from.key === to.key) this.#receiver(packet);
    });
  }

  /**
   * @throws SelvageError `invalid-argument` for a name that no interface can have, `access-denied` without the right to
   *   open one, `address-in-use` where the name is taken, `port-failed` where there is no `socat` or it failed
   */
  static async open({ name, onClosed }: TunOptions): Promise<TunInterface> {
    requireName(name);
    let tun: TunInterface | undefined;
    // What fails to be sent is lost, as on any link; that the helper is gone is told by its end.
    const port = await UdpPort.bind({ address: loopback, maximumPayload: largestPacket });
    try {
      const helper = await startHelper(name, port.local.port);
      tun = new TunInterface(name, port, helper);
      helper.process.once('close', () => tun?.close(helper.complaint(), onClosed));
      return tun;
    } catch (error) {
      port.close();
      throw error;
    }
  }

  /** Where the helper hands packets over, on loopback. */
  get port(): number {
    return this.#port.local.port;
  }

  send(packet: Uint8Array): void {
    if (!this.#closed) this.#port.send(packet, this.#to);
  }

  onPacket(receiver: (packet: Uint8Array) => void): void {
    this.#receiver = receiver;
  }

  /** Takes the interface away, and its routes with it. */
  close(reason?: SelvageError, onClosed?: (reason: SelvageError) => void): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.close();
    this.#helper.stdin?.destroy();
    if (reason !== undefined) onClosed?.(reason);
  }
}

interface Helper {
  readonly process: ChildProcess;
  readonly to: UdpAddress;
  /** Why it ended. */
  complaint(): SelvageError;
}

async function startHelper(name: string, ourPort: number): Promise<Helper> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryHelper(name, ourPort, await freePort());
    } catch (error) {
      const isTaken = error instanceof SelvageError && error.details?.['port'] === 'taken';
      if (!isTaken || attempt === mostAttempts) throw error;
    }
  }
}

/** The helper binds it for itself alone, and ends where somebody was quicker. */
async function freePort(): Promise<number> {
  const port = await UdpPort.bind({ address: loopback });
  const { local } = port;
  port.close();
  return local.port;
}

function tryHelper(name: string, ourPort: number, helperPort: number): Promise<Helper> {
  const tun = `TUN,tun-name=${name},tun-type=tun,iff-no-pi`;
  const udp = `UDP4:${loopback}:${ourPort},bind=${loopback}:${helperPort}`;
  const process = spawn('sh', ['-c', keeper, 'sh', '-d', '-d', tun, udp], { stdio: ['pipe', 'ignore', 'pipe'] });
  process.stdin.on('error', () => undefined);
  let said = '';
  const complaint = (): SelvageError => helperError(name, said);
  return new Promise((resolve, reject) => {
    process.once('error', (cause) => reject(missing(cause)));
    process.once('close', () => reject(complaint()));
    process.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-mostComplaint);
      if (ready.test(said)) resolve({ process, to: udpAddress(loopback, helperPort), complaint });
    });
  });
}

function missing(cause?: unknown): SelvageError {
  const remedy = 'apt-get install socat: it opens the interface, which Node cannot';
  return new SelvageError('port-failed', 'socat is not installed', { cause, remedy });
}

function helperError(name: string, said: string): SelvageError {
  if (/socat: not found/.test(said)) return missing();
  const line = said.split('\n').findLast((one) => / E /.test(one)) ?? '';
  const why = line.replace(/^.*? E /, '').replaceAll(/\p{C}/gu, ' ');
  if (/TUNSETIFF.*(busy)|Device or resource busy/i.test(why)) {
    return new SelvageError('address-in-use', `the interface ${name} is another program’s`, {
      remedy: 'give another name, or see with ip link who has it',
    });
  }
  if (/Address already in use/.test(why)) {
    return new SelvageError('address-in-use', 'the helper’s port is taken', { details: { port: 'taken' } });
  }
  if (/Permission denied|not permitted/i.test(why)) {
    return new SelvageError('access-denied', `to open the interface ${name} needs rights: ${why}`, { fault: 'caller' });
  }
  if (/No such file or directory.*|No such device/.test(why)) {
    return new SelvageError('port-failed', `there is no TUN driver: ${why}`, { remedy: 'modprobe tun' });
  }
  return new SelvageError('port-failed', `socat ended${why === '' ? '' : `: ${why}`}`);
}

function requireName(name: string): void {
  if (/^[A-Za-z][\w.-]{0,14}$/.test(name)) return;
  throw new SelvageError('invalid-argument', `no interface can be called ${name}`, {
    remedy: 'give 1 to 15 letters, digits, dots and dashes, such as wpan0',
  });
}
