import { SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { type KeyHome, LocalKeyHome, nativeCore, signerOf } from '@selvage/crypto';
import { type CipherSuiteName, type Credentials, DtlsTransport } from '@selvage/dtls';
import { certificateSuites, type Uuid } from '@selvage/ocf';
import { CertificateAuthority, validFor } from '@selvage/pki';
import type { Surface } from '../../../terminal/surface.js';
import type { Stage } from '../stage.js';

/** What somebody comes with who wants a session. */
export interface Knock {
  readonly suites: readonly CipherSuiteName[];
  readonly credentials: Credentials;
  /** Where the keys of the certificates live. */
  readonly keys?: KeyHome;
}

/** No more than this is waited for somebody else to be let in; and how long the whole may take, ms. */
const [grace, handshakeTimeout] = [50, 60_000];
/** The door has answered before anything is sent again, ms. */
const retransmission = { initial: 2000, maximum: 4000 };
const session = 'a session';

/**
 * Tries to open a session, from a port of its own and with no regard for who answers. Says what came of it: the alert, such
 * as `alert unknown_ca`, or that there is a session.
 */
export async function knock(
  { surface, network }: Pick<Stage, 'surface' | 'network'>,
  to: UdpAddress,
  { suites, credentials, keys }: Knock,
): Promise<string> {
  const { clock, entropy } = surface;
  const port = await network.port();
  const sign = keys && signerOf(keys);
  const dtls = new DtlsTransport<UdpAddress>({ port, clock, judge: () => ({ accepted: true }), ...(sign && { sign }) });
  try {
    await dtls.connect(to, { core: nativeCore, entropy, suites, credentials, grace, retransmission, handshakeTimeout });
    return session;
  } catch (error) {
    if (!(error instanceof SelvageError)) throw error;
    const alert = error.details?.['alert'];
    return typeof alert === 'string' ? `alert ${alert}` : error.code;
  } finally {
    dtls.close();
  }
}

const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
/** An authority outlives what it issues. */
const [days, authorityDays] = [1, 2];

/** An identity certificate of an authority, and its key: what opens sessions where the authority is trusted. */
export async function certifiedBy(
  { clock, entropy }: Surface,
  authority: CertificateAuthority,
  device: Uuid,
): Promise<Knock> {
  const keys = new LocalKeyHome({ core: nativeCore, entropy });
  const key = await keys.generate(policy);
  const publicKey = await keys.publicKey(key);
  const validity = validFor(clock.wallTime(), days);
  const { chain } = await authority.issue({ kind: 'identity', device }, { publicKey, validity });
  return { suites: certificateSuites, credentials: { certificate: { chain, key } }, keys };
}

/** An authority that anybody can make, called as somebody else's. */
export async function forgedAuthority({ clock, entropy }: Surface): Promise<CertificateAuthority> {
  const keys = new LocalKeyHome({ core: nativeCore, entropy });
  const setting = { core: nativeCore, entropy, keys, key: await keys.generate(policy), store: new MemoryStore() };
  const validity = validFor(clock.wallTime(), authorityDays);
  return CertificateAuthority.establish(setting, { subject: [['CN', 'Owner Root']], validity });
}
