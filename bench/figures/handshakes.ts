/** Handshakes, both sides in this process, joined in memory, with the exchange of the cookie. */
import { nativeCore, portableCore } from '@selvage/crypto';
import { cpuTime, sideBySide } from '../batches.js';
import { Joined } from '../dtls/joined.js';
import { ecdhePsk, ecdsa, ecjpake, type Mode } from '../dtls/modes.js';
import type { Figure } from '../figure.js';

const ecjpakeHandshake: Figure = {
  name: 'dtls.ecjpake',
  work: 'EC-JPAKE handshake, both sides',
  unit: 'ms',
  atMost: 4,
  measure: () => ({ measured: cpuTime('ms', shakesHands(ecjpake())) }),
};

const ecdsaHandshake: Figure = {
  name: 'dtls.ecdsa',
  work: 'ECDHE_ECDSA_CCM_8 mutual handshake, both sides',
  unit: 'ms',
  atMost: 1.6,
  measure: () => ({ measured: cpuTime('ms', shakesHands(ecdsa())) }),
};

const ecdhePskHandshake: Figure = {
  name: 'dtls.ecdhe-psk',
  work: 'ECDHE_PSK_CBC handshake, both sides',
  unit: 'ms',
  atMost: 0.6,
  measure: () => ({ measured: cpuTime('ms', shakesHands(ecdhePsk())) }),
};

const acceleration: Figure = {
  name: 'crypto.acceleration',
  work: 'portable engine over native, EC-JPAKE handshake',
  unit: 'times',
  measure: () => {
    const [native, portable] = sideBySide('ms', shakesHands(ecjpake(nativeCore)), shakesHands(ecjpake(portableCore)));
    const note = `native ${native.value.toPrecision(3)} ms, portable ${portable.value.toPrecision(3)} ms`;
    return { measured: { value: portable.value / native.value, n: portable.n, note } };
  },
};

export const handshakes: readonly Figure[] = [ecjpakeHandshake, ecdsaHandshake, ecdhePskHandshake, acceleration];

function shakesHands({ client, server, answers }: Mode): () => void {
  const joined = new Joined(server, answers);
  return () => joined.close(joined.connect(client));
}
