import * as der from '../../support/der-writer.js';
import { ecdsa, ed25519, ed25519KeyInfo, flipped, p384KeyInfo, testKey } from '../../support/forge.js';
import { type Defect, isAuthority, isBelowAnchor, isLeaf, only, target, where } from './defect.js';

const stranger = testKey(77);
const own = 'the signature of a trust anchor on itself proves nothing, and is not looked at';
const onlyP256 = 'only ECDSA on P-256 with SHA-256 is let pass here';

/** RFC 5280 §4.1.1.2, §4.1.1.3, §6.1.3 (a)(1), and the algorithms that OCF allows. */
export const signatureDefects: readonly Defect[] = [
  {
    name: 'signature altered',
    apply: (scenario, place) => (target(scenario, place).bendSignature = (signature) => flipped(signature, -1)),
    expected: where(isBelowAnchor, 'bad-certificate', 'accepted'),
  },
  {
    name: 'signature that is no DER',
    apply: (scenario, place) => (target(scenario, place).bendSignature = (signature) => flipped(signature, 0)),
    expected: where(isBelowAnchor, 'bad-certificate', 'accepted'),
  },
  {
    name: 'no signature',
    apply: (scenario, place) => (target(scenario, place).bendSignature = () => der.nothing),
    expected: where(isBelowAnchor, 'bad-certificate', 'accepted'),
  },
  {
    name: 'content altered after it was signed',
    apply: (scenario, place) => (target(scenario, place).bend = alterSerial),
    expected: where(isBelowAnchor, 'bad-certificate', 'accepted'),
  },
  {
    name: 'signed with another key',
    apply: (scenario, place) => (target(scenario, place).signer = ecdsa(stranger)),
    expected: where(isBelowAnchor, 'bad-certificate', 'accepted'),
  },
  {
    name: 'signed with its own key',
    at: isBelowAnchor,
    apply: (scenario, place) => (target(scenario, place).signer = ecdsa(testKey(place.position))),
    expected: 'bad-certificate',
  },
  {
    name: 'another algorithm inside than outside',
    apply: (scenario, place) => (target(scenario, place).innerAlgorithm = ecdsa(stranger, 'sha384').algorithm),
    expected: 'bad-certificate',
    openssl: only((place) => !isBelowAnchor(place), own),
  },
  {
    name: 'parameters in the signature algorithm',
    apply: (scenario, place) =>
      (target(scenario, place).signer = withNullParameters(place.position, place.shape.authorities)),
    expected: 'unsupported-certificate',
    openssl: 'RFC 5758 §3.2 has no parameters for ECDSA; OpenSSL passes over them',
  },
  ...(['sha384', 'sha512'] as const).map(
    (hash): Defect => ({
      name: `signed with ${hash}`,
      apply: (scenario, place) => {
        const issuer = Math.min(place.position + 1, place.shape.authorities);
        target(scenario, place).signer = ecdsa(testKey(issuer), hash);
      },
      expected: 'unsupported-certificate',
      openssl: onlyP256,
    }),
  ),
  {
    name: 'a key of P-384',
    at: isLeaf,
    apply: (scenario, place) => (target(scenario, place).publicKeyInfo = p384KeyInfo),
    expected: 'unsupported-certificate',
    openssl: onlyP256,
  },
  {
    name: 'a key of Ed25519',
    at: isLeaf,
    apply: (scenario, place) => (target(scenario, place).publicKeyInfo = ed25519KeyInfo(stranger)),
    expected: 'unsupported-certificate',
    openssl: onlyP256,
  },
  {
    name: 'an authority of Ed25519',
    at: isAuthority,
    apply: (scenario, place) => {
      const key = testKey(place.position);
      target(scenario, place).publicKeyInfo = ed25519KeyInfo(key);
      const below = scenario.chain[place.position - 1];
      if (below !== undefined) below.signer = ed25519(key);
    },
    expected: 'unsupported-certificate',
    showsBelow: () => true,
    openssl: onlyP256,
  },
  {
    name: 'a key that is no point of the curve',
    apply: (scenario, place) => {
      const forgery = target(scenario, place);
      forgery.publicKeyInfo = flipped(forgery.publicKeyInfo, -1);
    },
    expected: 'bad-certificate',
    showsBelow: isAuthority,
  },
];

function withNullParameters(position: number, root: number): ReturnType<typeof ecdsa> {
  const sound = ecdsa(testKey(Math.min(position + 1, root)));
  const id = der.objectIdentifier('1.2.840.10045.4.3.2');
  return { ...sound, algorithm: der.sequence(id, der.element(0x05)) };
}

/** Flips a bit in the serial number, which stands at the start: after two headers and the version. */
function alterSerial(certificate: Uint8Array): Uint8Array {
  const serialContent = 17;
  return flipped(certificate, serialContent);
}
