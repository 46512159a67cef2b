import { nativeCore } from '@selvage/crypto';
import type { DtlsSession, MessageDescription } from '@selvage/dtls';
import { errorLines } from '../terminal/error-text.js';
import { type Style, styleFor } from '../terminal/style.js';
import type { Surface } from '../terminal/surface.js';
import { count, hang } from '../terminal/text.js';
import { type DtlsEvent, type Reporter, shown } from './reporter.js';
import { fingerprint } from './trust.js';

const usualWidth = 80;
const nameWidth = 20;

/** For a person: application data goes to standard output as it is, all else to standard error. */
export class TextReporter implements Reporter {
  readonly #surface: Surface;
  readonly #style: Style;
  readonly #showsMessages: boolean;

  constructor(surface: Surface, showsMessages: boolean) {
    this.#surface = surface;
    this.#style = styleFor(surface.stderr, surface.env);
    this.#showsMessages = showsMessages;
  }

  tell(event: DtlsEvent): void {
    if (event.event === 'data') return this.#surface.stdout.write(event.data);
    for (const line of this.#lines(event)) this.#surface.stderr.write(`${line}\n`);
  }

  #lines(event: Exclude<DtlsEvent, { event: 'data' }>): string[] {
    const { dim, good, warning } = this.#style;
    const width = (this.#surface.stderr.columns ?? usualWidth) - 1;
    switch (event.event) {
      case 'listening':
        return hang('selvage: ', `listening on ${event.address} for ${event.suites.join(', ')}; Ctrl-C ends`, width);
      case 'connecting':
        return hang('selvage: ', `connecting to ${event.peer}, offering ${event.suites.join(', ')}`, width);
      case 'warning':
        return hang('WARNING: ', event.text, width).map(warning);
      case 'message':
        return this.#showsMessages ? this.#message(event.direction, event.message, event.peer, width) : [];
      case 'waiting':
        return [dim(`selvage: no answer from ${event.peer} yet; asked again`)];
      case 'doubt': {
        const text = `${event.peer}: in doubt, waiting whether the real peer goes on: ${event.error.message}`;
        return hang('selvage: ', `${text} [${event.error.code}]`, width).map(warning);
      }
      case 'session':
        return hang('selvage: ', sessionText(event), width).map(good);
      case 'failed':
        return errorLines(event.error, this.#style, width + 1);
      case 'closed':
        return event.reason.by === 'error'
          ? errorLines(event.reason.error, this.#style, width + 1)
          : hang('selvage: ', `${event.peer}: closed by ${event.reason.by === 'us' ? 'us' : 'the peer'}`, width);
    }
  }

  #message(direction: 'sent' | 'received', message: MessageDescription, peer: string, width: number): string[] {
    const arrow = direction === 'sent' ? '──▶' : '◀──';
    const lock = message.epoch > 0 ? ', sealed' : '';
    const again = message.again === true ? ', again' : '';
    const head = `${arrow} ${message.name.padEnd(nameWidth)}${count(message.length, 'byte')}${lock}${again}`;
    return [
      `${this.#style.accent(head)}  ${this.#style.dim(peer)}`,
      ...message.fields.flatMap(([label, text]) => hang(`      ${label}: `, text, width)).map(this.#style.dim),
    ];
  }
}

function sessionText({ peer, session, milliseconds }: Extract<DtlsEvent, { event: 'session' }>): string {
  const time = milliseconds === undefined ? '' : ` after ${milliseconds.toFixed(1)} ms`;
  const resumed = session.resumed ? ' (resumed)' : '';
  return `session with ${peer}${time}: ${session.suite.name}${resumed}; the peer ${identityText(session.peer)}`;
}

function identityText(peer: DtlsSession['peer']): string {
  switch (peer.kind) {
    case 'anonymous':
      return 'is not authenticated';
    case 'passphrase':
      return 'knows the passphrase';
    case 'psk':
      return peer.identity.length === 0 ? 'knows the pre-shared key' : `knows the key of ${shown(peer.identity)}`;
    case 'certificate':
      return `holds the key of certificate ${fingerprint(nativeCore, peer.chain[0] ?? new Uint8Array(0))}`;
  }
}
