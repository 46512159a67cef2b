import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset } from '@selvage/thread';

/** `SELVAGE_OT_DAEMON` names the folder that has `ot-daemon` and `ot-ctl`, `SELVAGE_OT_RCP` the simulated co-processor. */
const [folder, coprocessor] = [process.env['SELVAGE_OT_DAEMON'], process.env['SELVAGE_OT_RCP']];
const patience = 60_000;
let interfaces = 0;

/** Why OpenThread's daemon cannot be had here; undefined where it can. */
export function whyNoOtDaemon(): string | undefined {
  if (folder === undefined || !existsSync(join(folder, 'ot-daemon'))) return 'SELVAGE_OT_DAEMON names no ot-daemon';
  if (coprocessor === undefined || !existsSync(coprocessor)) return 'SELVAGE_OT_RCP names no ot-rcp';
  const { status } = spawnSync('unshare', ['--net', 'ip', 'tuntap', 'add', 'dev', 'trial', 'mode', 'tun']);
  return status === 0 ? undefined : 'no right to make a TUN interface';
}

/**
 * OpenThread on a host: its daemon with a TUN interface and a simulated co-processor on the ether. Its border agent listens
 * on the host's own UDP.
 */
export class OtDaemon {
  readonly #interface = `selvage${process.pid % 1_000_000}${String.fromCharCode(97 + (interfaces++ % 26))}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'selvage-ot-daemon-'));
  readonly #process: ChildProcess;

  constructor(number: number, portOffset: number) {
    const radio = `spinel+hdlc+forkpty://${coprocessor}?forkpty-arg=${number}`;
    this.#process = spawn(join(folder as string, 'ot-daemon'), ['-I', this.#interface, radio], {
      cwd: this.#folder,
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', PORT_OFFSET: String(portOffset) },
      stdio: 'ignore',
    });
  }

  /** Leads a fresh network. */
  async lead(): Promise<Dataset> {
    await this.#starts();
    for (const command of ['dataset init new', 'dataset channel 15', 'dataset commit active']) await this.run(command);
    await this.run('ifconfig up');
    await this.run('thread start');
    await this.run('state leader').catch(() => undefined);
    await this.becomes('state', /^leader$/);
    return Dataset.parse(await this.value('dataset active -x'));
  }

  /** Runs a command and gives what it printed. Rejects with what it says where it is refused. */
  run(command: string): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const words = ['-I', this.#interface, ...command.split(' ')];
      execFile(join(folder as string, 'ot-ctl'), words, { timeout: patience }, (error, stdout, stderr) => {
        const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
        if (error === null && lines.at(-1) === 'Done') resolve(lines.slice(0, -1));
        else reject(new Error(`${command}: ${lines.at(-1) ?? stderr}`));
      });
    });
  }

  /** The first line of what a command prints. */
  async value(command: string): Promise<string> {
    return (await this.run(command))[0] ?? '';
  }

  /** Waits until a command prints a line that fits. */
  async becomes(command: string, expected: RegExp): Promise<string> {
    const end = performance.now() + patience;
    for (;;) {
      const found = (await this.run(command)).find((line) => expected.test(line));
      if (found !== undefined) return found;
      if (performance.now() > end) throw new Error(`ot-daemon: ${command} never was ${expected.source}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
    for (const end of ['sock', 'lock']) rmSync(`/run/openthread-${this.#interface}.${end}`, { force: true });
  }

  /** Waits until it takes commands. */
  async #starts(): Promise<void> {
    const end = performance.now() + patience;
    while ((await this.run('state').catch(() => undefined)) === undefined) {
      if (performance.now() > end || this.#process.exitCode !== null) throw new Error('ot-daemon does not start');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
