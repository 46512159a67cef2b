import { describe, expect, it } from 'vitest';
import { codecSuite } from '@selvage/core/testing';
import { type Handshake, handshake, hello, helloBytes } from '../support/client-hello.js';

const { extensions: _, ...oldHello } = hello.value;

codecSuite<Handshake>(
  { describe, it, expect },
  {
    name: 'a DTLS handshake message (RFC 6347 §4.2.2)',
    codec: handshake,
    values: [
      { type: 'clientHello', value: oldHello },
      { type: 'helloRequest', value: {} },
    ],
    vectors: [{ name: 'a ClientHello with extensions, written out by hand', bytes: helloBytes, value: hello }],
    unknown: ['aa 000003 010203', '00 000000'],
    generate: (random) => ({
      type: 'clientHello',
      value: {
        ...hello.value,
        cookie: random.bytes(random.below(33)),
        cipherSuites: Array.from({ length: 1 + random.below(5) }, () => ({ unknown: random.below(0xc000) })),
        extensions: hello.value.extensions.filter(() => random.chance(0.5)),
      },
    }),
    rounds: 100,
  },
);
