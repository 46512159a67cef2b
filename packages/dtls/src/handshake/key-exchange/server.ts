import { SelvageError } from '@selvage/core';
import { EcJpake } from '@selvage/crypto';
import type { Settings } from '../../connection/configuration.js';
import type { KeyExchange } from '../../protocol/cipher-suites.js';
import { type ClientHello, findExtension } from '../../protocol/hello.js';
import type { ServerOffer } from './agreement.js';
import { offerEcdhe } from './ecdhe.js';
import { offerEcJpake } from './ecjpake.js';
import { offerEcdhePsk, offerPsk } from './psk.js';

/** EC-JPAKE's server side, after it has verified the round one in ClientHello. */
export function startServerExchange({ core, entropy, credentials }: Settings, hello: ClientHello): EcJpake {
  const roundOne = findExtension(hello, 'ecjpake_key_kp_pair');
  if (credentials.passphrase === undefined || roundOne === undefined) {
    throw new SelvageError('handshake-failure', 'EC-JPAKE without key pairs in ClientHello');
  }
  const exchange = new EcJpake({ core, role: 'server', password: credentials.passphrase, entropy });
  exchange.readRoundOne(roundOne.value);
  return exchange;
}

/** The server's half of a key exchange. */
export function offerToClient(
  { core, entropy, credentials }: Settings,
  keyExchange: KeyExchange,
  exchange: EcJpake | undefined,
): ServerOffer {
  switch (keyExchange) {
    case 'ecjpake':
      if (exchange === undefined) throw new SelvageError('internal', 'EC-JPAKE was not started');
      return offerEcJpake(exchange);
    case 'ecdhe-ecdsa':
    case 'ecdh-anon':
      return offerEcdhe(core, entropy);
    case 'psk':
      return offerPsk(credentials);
    case 'ecdhe-psk':
      return offerEcdhePsk(core, entropy, credentials);
  }
}

/**
 * Whether a second try at the client's flight would let a client test a second guess of a passphrase or PIN in one
 * handshake. Only where keys come from nothing guessable may a flight that proved false be replaced.
 */
export function testsGuess(keyExchange: KeyExchange): boolean {
  return keyExchange !== 'ecdhe-ecdsa' && keyExchange !== 'ecdh-anon';
}
