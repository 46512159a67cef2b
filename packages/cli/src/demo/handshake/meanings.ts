import type { MessageShown } from './show.js';

/** What each message is for, to somebody who has never seen a handshake. */
const meanings: Readonly<Record<string, string>> = {
  HelloVerifyRequest: 'come back with this cookie: nothing is kept here until you do',
  ServerHello: 'this suite, and two points of mine, each with a proof',
  ServerKeyExchange: 'a point that has the passphrase worked in, with a proof',
  ServerHelloDone: 'your turn',
  ClientKeyExchange: 'my point with the passphrase worked in, with a proof',
  Finished: 'a checksum over all that was said: it opens only under the same key',
};

/** What a message means; `undefined` where its name says it. */
export function meaningOf({ name, fields }: MessageShown): string | undefined {
  if (name !== 'ClientHello') return meanings[name];
  const hasCookie = fields.some(([label, text]) => label === 'cookie' && text !== 'none yet');
  return hasCookie
    ? 'the same hello, with the cookie: I do receive at this address'
    : 'I want to join; here are two random points, each with a proof that I know its number';
}
