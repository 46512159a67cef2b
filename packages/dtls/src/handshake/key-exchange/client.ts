import { concat, SelvageError } from '@selvage/core';
import { EcJpake } from '@selvage/crypto';
import type { Settings } from '../../connection/configuration.js';
import type { ClientHello } from '../../protocol/hello.js';
import type { ServerFlight } from '../server-flight.js';
import type { ClientAgreement } from './agreement.js';
import { agreeEcdhe, readAnonymousPoint, readSignedPoint } from './ecdhe.js';
import { agreeEcJpake } from './ecjpake.js';
import { agreeEcdhePsk, agreePsk } from './psk.js';

const nothing = new Uint8Array(0);

/** EC-JPAKE's client side, where a suite that is offered needs it: its round one goes into ClientHello. */
export function startClientExchange(settings: Settings): EcJpake | undefined {
  const { core, entropy, cipherSuites, credentials } = settings;
  const { passphrase } = credentials;
  if (passphrase === undefined || !cipherSuites.some((suite) => suite.keyExchange === 'ecjpake')) return undefined;
  return new EcJpake({ core, role: 'client', password: passphrase, entropy });
}

/**
 * Verifies what the server's flight proves, and answers it.
 * @param exchange stays as it is, whatever comes of this flight.
 */
export function agreeWithServer(
  { core, entropy, credentials }: Settings,
  exchange: EcJpake | undefined,
  said: { readonly hello: ClientHello; readonly flight: ServerFlight; readonly publicKey: Uint8Array | undefined },
): ClientAgreement {
  const { hello, flight, publicKey } = said;
  const body = flight.serverKeyExchange ?? nothing;
  switch (flight.suite.keyExchange) {
    case 'ecjpake':
      return agreeOnPassphrase(exchange, flight, body);
    case 'ecdhe-ecdsa': {
      const randoms = concat(hello.random, flight.hello.random);
      return agreeEcdhe(core, entropy, readSignedPoint(core, body, publicKey ?? nothing, randoms));
    }
    case 'ecdh-anon':
      return agreeEcdhe(core, entropy, readAnonymousPoint(body));
    case 'psk':
      return agreePsk(credentials, flight.serverKeyExchange);
    case 'ecdhe-psk':
      return agreeEcdhePsk(core, entropy, credentials, body);
  }
}

/** On a fork, because a flight whose proofs are good may still turn out not to be the server's. */
function agreeOnPassphrase(exchange: EcJpake | undefined, flight: ServerFlight, body: Uint8Array): ClientAgreement {
  const attempt = exchange?.fork();
  if (attempt === undefined) throw new SelvageError('illegal-parameter', 'the server chose EC-JPAKE unasked');
  try {
    return agreeEcJpake(attempt, flight.hello, body);
  } finally {
    attempt.destroy();
  }
}
