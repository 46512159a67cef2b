import { type SelvageError, toHex } from '@selvage/core';
import { type JoinerEntry, type JoinerFacts, type JoinStep, selectorText } from '@selvage/thread';
import type { Report } from '../../../ca/report.js';
import { LiveLines } from '../../../terminal/live-lines.js';
import { styleFor } from '../../../terminal/style.js';
import type { Surface } from '../../../terminal/surface.js';
import { printable } from '../../../terminal/text.js';

/** What each step is called while it goes on. */
const doing: Readonly<Record<JoinStep, string>> = {
  discovery: 'looking for the network',
  petition: 'waiting for the commissioner',
  handshake: 'proves its passphrase (DTLS handshake)',
  finalisation: 'has proved it, and says who it is (JOIN_FIN)',
  entrust: 'is accepted, and given the network key (JOIN_ENT)',
  attachment: 'attaches',
};

/** Tells how far joiners are: a changing line each on a terminal, each step once elsewhere. */
export class JoinerBoard {
  readonly #report: Report;
  readonly #live: LiveLines | undefined;
  readonly #style: ReturnType<typeof styleFor>;
  readonly #since = new Map<string, number>();
  readonly #surface: Surface;

  constructor(surface: Surface, report: Report, isJson: boolean) {
    this.#surface = surface;
    this.#report = report;
    this.#style = styleFor(surface.stderr, surface.env);
    this.#live = surface.stderr.isTerminal && !isJson ? new LiveLines(surface.stderr) : undefined;
  }

  waiting(entry: JoinerEntry): void {
    const who = selectorText(entry.selector);
    this.#live?.set(who, `${who}  is waited for`);
  }

  /** The network knows all who may join. */
  expected(): void {
    this.#say({ event: 'expected', data: {}, lines: ['the network knows who may join'] });
  }

  step(joinerId: Uint8Array, entry: JoinerEntry | undefined, step: JoinStep): void {
    const who = this.#nameOf(joinerId, entry);
    if (!this.#since.has(who)) this.#since.set(who, this.#surface.clock.now());
    this.#live?.set(who, `${who}  ${doing[step]} …`);
    if (this.#live === undefined) {
      this.#report.tell({ event: 'step', data: { joiner: who, step }, lines: [`${who} ${doing[step]}`] });
    }
  }

  finalised(joinerId: Uint8Array, entry: JoinerEntry | undefined, facts: JoinerFacts): void {
    const who = this.#nameOf(joinerId, entry);
    const { vendorName, vendorModel, vendorSoftwareVersion, provisioningUrl } = facts;
    const data = { joiner: who, vendorName, vendorModel, vendorSoftwareVersion, provisioningUrl };
    const text = printable([vendorName, vendorModel, vendorSoftwareVersion].join(' · '));
    this.#say({ event: 'finalised', data, lines: [`${who} is ${text}`] });
  }

  letIn(joinerId: Uint8Array, entry: JoinerEntry | undefined): void {
    const who = this.#nameOf(joinerId, entry);
    const milliseconds = Math.round(this.#surface.clock.now() - (this.#since.get(who) ?? this.#surface.clock.now()));
    this.#since.delete(who);
    this.#say(
      { event: 'let-in', data: { joiner: who, milliseconds }, lines: [`${who} is let in, after ${milliseconds} ms`] },
      who,
    );
  }

  failed(joinerId: Uint8Array, entry: JoinerEntry | undefined, error: SelvageError): void {
    const who = this.#nameOf(joinerId, entry);
    this.#since.delete(who);
    const { failure, step } = error.details ?? {};
    const data = { joiner: who, failure, step, message: error.message, remedy: error.remedy };
    this.#say(
      { event: 'join-failed', data, lines: [`${who}: ${error.message}`, `  → ${error.remedy ?? ''}`] },
      who,
      'bad',
    );
  }

  /** Takes the changing lines away. */
  end(): void {
    this.#live?.clear();
  }

  #say(
    telling: { readonly event: string; readonly data: object; readonly lines: readonly string[] },
    settles?: string,
    colour: 'good' | 'bad' = 'good',
  ): void {
    if (this.#live === undefined) return this.#report.tell(telling);
    this.#live.settle(
      settles,
      telling.lines.map((line) => this.#style[colour](`selvage: ${line}`)),
    );
  }

  /** One of several that an entry is for has its own name. */
  #nameOf(joinerId: Uint8Array, entry: JoinerEntry | undefined): string {
    return entry?.selector.kind === 'eui64' ? selectorText(entry.selector) : `joiner ${toHex(joinerId)}`;
  }
}
