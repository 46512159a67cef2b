import type { Style } from '../terminal/style.js';
import { hang } from '../terminal/text.js';
import type { DeviceNews } from './news.js';
import { rloc16Text, valuesText } from './values-text.js';

const nameWidth = 13;

/** What a person wants to know of what happens to the devices, in lines; none for what is of no interest. */
export function newsLine(
  { news, who }: { readonly news: DeviceNews; readonly who: string | undefined },
  width: number,
  { good, bad, dim, accent, bold }: Style,
): string[] {
  const line = (name: string, text: string, style: (line: string) => string): string[] =>
    hang(`${name.padEnd(nameWidth)}  `, text, width).map(style);
  switch (news.event) {
    case 'pin':
      return line(news.name, `shows the PIN ${news.pin}`, bold);
    case 'state': {
      const whose = who === undefined ? 'without an owner' : `owned by ${who}`;
      return line(news.name, `${news.before} → ${news.state}, ${whose}`, dim);
    }
    case 'changed':
      return line(news.name, `${news.path} ${valuesText(news.values)}`, accent);
    case 'denied':
      return line(news.name, `refused ${news.method} ${news.path} to ${who ?? 'somebody unknown'}`, bad);
    case 'handshake-failed':
      return line(news.name, `no session with ${news.from}: ${news.error.message}`, dim);
    case 'sent': {
      const { name, path, sent, code, error } = news;
      const style = code?.startsWith('2.') === true ? good : bad;
      return line(name, `→ ${who} ${path} ${valuesText(sent)}: ${code ?? error?.message ?? ''}`, style);
    }
    case 'failed':
      return line(news.name, `${news.error.message} [${news.error.code}]`, bad);
    case 'boot':
      return line(news.name, news.log.at(-1) ?? '', dim);
    case 'wiped':
      return line(news.name, 'its reset button was held', bold);
    case 'mesh': {
      const { name, role, rloc16 } = news;
      return line(name, rloc16 === undefined ? role : `${role} ${rloc16Text(rloc16)} of its mesh`, dim);
    }
    case 'joining':
      return line(
        news.name,
        `joins a mesh: ${news.step}${news.network === undefined ? '' : ` of ${news.network}`}`,
        dim,
      );
    case 'joined':
      return line(news.name, `has joined ${news.network}`, good);
    case 'not-joined':
      return line(news.name, news.error.message, bad);
    case 'moved':
      return line(news.name, `has moved with ${news.network} to its new keys`, dim);
    case 'key-sequence':
      return line(news.name, `has moved on to key sequence ${news.sequence} of its mesh`, dim);
    case 'stopped':
      return line(news.name, `its firmware has ended: ${news.why}`, bad);
    case 'log':
      return line(news.name, news.line, dim);
    case 'running':
    case 'answer':
      return [];
  }
}
