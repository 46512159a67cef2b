import { decode, encode, SelvageError } from '@selvage/core';
import type { EcJpake } from '@selvage/crypto';
import { findExtension, type ServerHello } from '../../protocol/hello.js';
import { ecjpakeKeyExchange } from '../../protocol/key-exchange.js';
import type { ClientAgreement, ServerOffer } from './agreement.js';

/**
 * The server half of EC-JPAKE (draft-cragie-tls-ecjpake-01 §6): `exchange` has read the client's round one and written
 * its own. The first ClientKeyExchange whose proof verifies is the only one, so a handshake tests one guess.
 */
export function offerEcJpake(exchange: EcJpake): ServerOffer {
  return {
    serverKeyExchange: exchange.writeRoundTwo(),
    agree(body) {
      exchange.readRoundTwo(decode(ecjpakeKeyExchange, body, 'clientKeyExchange').roundTwo);
      return { premaster: exchange.premasterSecret(), peer: { kind: 'passphrase' } };
    },
  };
}

/**
 * The client half: verifies the proofs in ServerHello and ServerKeyExchange. `exchange` is used up by a success; after
 * a failure the caller goes on with the copy it took before.
 */
export function agreeEcJpake(exchange: EcJpake, hello: ServerHello, serverKeyExchange: Uint8Array): ClientAgreement {
  const roundOne = findExtension(hello, 'ecjpake_key_kp_pair');
  if (roundOne === undefined) {
    throw new SelvageError('handshake-failure', 'the server chose EC-JPAKE but its ServerHello has no key pairs');
  }
  exchange.readRoundOne(roundOne.value);
  exchange.readRoundTwo(decode(ecjpakeKeyExchange, serverKeyExchange, 'serverKeyExchange').roundTwo);
  const clientKeyExchange = encode(ecjpakeKeyExchange, { roundTwo: exchange.writeRoundTwo() });
  return { premaster: exchange.premasterSecret(), peer: { kind: 'passphrase' }, clientKeyExchange };
}
