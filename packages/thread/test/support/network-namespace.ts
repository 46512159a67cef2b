import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { setTimeout as rest } from 'node:timers/promises';
import { describe } from 'vitest';
import { describeWith, isInstalled } from '../../../core/test/support/described-with.js';

/** Why a network namespace with a TUN interface in it is not granted here; undefined where it is. */
function whyNot(): string | undefined {
  const { status, stderr } = spawnSync('unshare', ['--net', 'ip', 'tuntap', 'add', 'dev', 'trial', 'mode', 'tun']);
  if (status === 0) return undefined;
  return `no right to make a network namespace and a TUN interface: ${stderr.toString().trim()}`;
}

/**
 * Describes tests that need the kernel's IPv6 and the right to make interfaces. Where they cannot be had they are skipped
 * with the reason in their title. In continuous integration a missing program is a failure; a kernel that grants nothing
 * cannot be helped there.
 */
export function describeWithKernel(title: string, tests: () => void): void {
  const programs = ['socat', 'ip', 'ping', 'unshare'];
  const reason = programs.every(isInstalled) ? whyNot() : undefined;
  if (reason === undefined) describeWith(programs, title, tests);
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

const mostPings = 5;
/** A node asks for an address again only some time after nobody answered. Milliseconds. */
const pause = 5000;

/** What a program said. */
export interface Said {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A network namespace of its own: a host with loopback and what is put into it. It goes with the test. */
export class NetworkNamespace {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async open(): Promise<NetworkNamespace> {
    const script = 'ip link set lo up && echo up && exec cat';
    const holder = spawn('unshare', ['--net', 'sh', '-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      holder.once('error', reject);
      holder.once('close', (code) => reject(new Error(`the namespace ended with ${code}`)));
      holder.stdout.once('data', () => resolve());
    });
    return new NetworkNamespace(holder);
  }

  /** Its process, by which others find it. */
  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** Runs a program as a process of this host, with `input` on its standard input. */
  run(program: string, words: readonly string[], input = ''): Promise<Said> {
    const inside = [`--net=/proc/${this.pid}/ns/net`, '--', program, ...words];
    return new Promise((resolve) => {
      const child = execFile('nsenter', inside, (error, stdout, stderr) => {
        resolve({ exit: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
      });
      // A program that has ended reads nothing more.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
    });
  }

  /**
   * Pings every 5 s until it is answered, for a minute, and begins anew where it was told that nobody is there: on a machine
   * with more to do than it can, nodes on the real clock lose frames, and links for a while. Gives what the last ping said,
   * with `1 received` where it was answered.
   */
  async ping(address: string, size = 56): Promise<string> {
    let said = '';
    for (let turn = 0; turn < mostPings; turn++) {
      if (turn > 0) await rest(pause);
      said = (await this.run('ping', ['-n', '-c', '1', '-w', '60', '-i', '5', '-s', `${size}`, address])).stdout;
      if (said.includes('1 received')) break;
    }
    return said;
  }

  close(): void {
    this.#holder.kill();
  }
}
