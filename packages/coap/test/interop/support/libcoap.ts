import { describeUnless, isInstalled, notInstalled } from '../../../../core/test/support/described-with.js';

/** libcoap's programs exist once for each library that they may secure messages with. */
const variants = ['notls', 'openssl', 'gnutls'];

/** Describes tests against libcoap's programs. */
export function describeWithLibcoap(title: string, tests: () => void): void {
  const missing = ['coap-client', 'coap-server'].filter((name) => libcoap(name) === undefined);
  describeUnless(notInstalled(missing), title, tests);
}

/** The command of one of libcoap's programs here. */
export function libcoap(name: string): string | undefined {
  return variants.map((variant) => `${name}-${variant}`).find(isInstalled);
}
