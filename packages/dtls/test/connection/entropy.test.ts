import { type Entropy, type SelvageError, systemEntropy } from '@selvage/core';
import { FailingEntropy, VirtualClock, VirtualNetwork } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { DtlsConnection, DtlsTransport } from '../../src/index.js';
import { allSuites, configuration, pairOf } from '../support/configurations.js';

/** Gives out good randomness a number of times and then fails for good. */
class EntropyFor implements Entropy {
  readonly #failing = new FailingEntropy();
  #left: number;

  constructor(fills: number) {
    this.#left = fills;
  }

  fill(target: Uint8Array): void {
    if (this.#left-- > 0) systemEntropy.fill(target);
    else this.#failing.fill(target);
  }
}

const code = (closed: { by: string; error?: SelvageError } | undefined) => closed?.error?.code;

describe('entropy that fails', () => {
  it('lets no client begin', () => {
    const broken = configuration('client', allSuites, { entropy: new FailingEntropy() });
    expect(() => DtlsConnection.client(broken, 0)).toThrowError(expect.objectContaining({ code: 'entropy-failed' }));
  });

  it.each(allSuites)('opens no session with %s, whichever draw it fails at', (suite) => {
    let draws = 0;
    const counting: Entropy = {
      fill(target) {
        draws++;
        systemEntropy.fill(target);
      },
    };
    expect(pairOf(suite, { server: { entropy: counting } }).run(5000).bothOpen).toBe(true);
    expect(draws).toBeGreaterThan(0);
    for (let fills = 0; fills < draws; fills++) {
      const pair = pairOf(suite, { server: { entropy: new EntropyFor(fills) } }).run(200_000);
      expect(pair.outcome.client.session, `after ${fills} draws`).toBeUndefined();
      expect(code(pair.outcome.server.closed), `after ${fills} draws`).toBe('entropy-failed');
      // A CBC record needs a random IV: then there is no entropy for the alert either, and the client hears nothing.
      const answered = suite.includes('CBC') && fills === draws - 1 ? 'handshake-timeout' : 'peer-alert';
      expect(code(pair.outcome.client.closed), `after ${fills} draws`).toBe(answered);
    }
  });

  it('bakes no cookie: the client is not answered, and the server is told', () => {
    const clock = new VirtualClock();
    const network = new VirtualNetwork({ clock });
    const failures: string[] = [];
    new DtlsTransport({
      port: network.open('server'),
      clock,
      server: configuration('server', allSuites, { entropy: new FailingEntropy() }),
      onFailure: (error) => failures.push(error.code),
    });
    let answers = 0;
    network.tap(({ kind, from }) => {
      if (kind === 'sent' && from.key === 'server') answers++;
    });
    const client = new DtlsTransport({ port: network.open('client'), clock });
    client.connect({ key: 'server' }, configuration('client', allSuites)).catch(() => undefined);
    clock.advance(500);
    expect(failures).toEqual(['entropy-failed']);
    expect(answers).toBe(0);
  });
});
