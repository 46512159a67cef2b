import { concat, decode, encode, SelvageError, toHex } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { mutate } from '@selvage/core/testing';
import { generate, parse } from 'coap-packet';
import { describe, expect, it } from 'vitest';
import { codeText, type CoapMessage, coapMessage, optionByNumber } from '../../src/index.js';
import { randomMessage } from '../support/messages.js';

/** A message in a form that both readings come to. */
interface Reading {
  readonly type: string;
  readonly code: string;
  readonly messageId: number;
  readonly token: string;
  readonly options: readonly string[];
  readonly payload: string;
}

/** Where coap-packet 1.1.1 takes what RFC 7252 §3 calls a message format error, by what ours says of it. */
const known: Readonly<Record<string, RegExp>> = {
  'a reserved token length': /token length \d+ is reserved/,
  'a reserved class of codes': /of a reserved class/,
  'a token or an option longer than the message': /needs \d+ bytes? where/,
  'a payload marker without a payload': /payload marker without/,
  'an option number above 65535': /exceeds 65535/,
  'an Empty message with a token length and no token': /Empty message ends/,
};

describe('coap-packet 1.1.1', () => {
  const rounds = 3000;

  it(`reads what we write, and writes what we write, for ${rounds} random messages (seed coap-packet)`, () => {
    const random = new SeededRandom('coap-packet');
    for (let round = 0; round < rounds; round++) {
      const message = randomMessage(random);
      const bytes = encode(coapMessage, message);
      expect({ round, ...theirs(bytes) }).toEqual({ round, ...readingOf(message) });
      expect({ round, bytes: toHex(generated(message)) }).toEqual({ round, bytes: toHex(bytes) });
    }
  });

  it(`agrees on damaged and random datagrams but where it is more lenient, which is listed (seed damaged)`, () => {
    const random = new SeededRandom('damaged');
    const differences = new Map<string, number>();
    for (let round = 0; round < 2 * rounds; round++) {
      const bytes = damaged(random, round);
      const difference = compare(bytes);
      if (difference !== undefined) differences.set(difference, (differences.get(difference) ?? 0) + 1);
    }
    expect([...differences.keys()].sort()).toEqual(Object.keys(known).sort());
  });
});

function damaged(random: SeededRandom, round: number): Uint8Array {
  const source = encode(coapMessage, randomMessage(random));
  switch (round % 4) {
    case 0:
      return mutate(source, random);
    case 1:
      return source.subarray(0, random.below(source.length));
    case 2:
      return concat(source, Uint8Array.of(0xff).subarray(0, random.below(2)), Uint8Array.of(0xe0, 0xff, 0xff));
    default:
      return random.bytes(4 + random.below(40));
  }
}

/** What both readings differ in; undefined when they agree. An unlisted difference fails with the bytes. */
function compare(bytes: Uint8Array): string | undefined {
  const [our, their] = [attempt(() => readingOf(decode(coapMessage, bytes))), attempt(() => theirs(bytes))];
  if (typeof our !== 'string') {
    expect({ bytes: toHex(bytes), reading: their }).toEqual({ bytes: toHex(bytes), reading: our });
    return undefined;
  }
  if (typeof their === 'string') return undefined;
  const kind = Object.entries(known).find(([, pattern]) => pattern.test(our))?.[0];
  return kind ?? `${our}: ${toHex(bytes)}`;
}

function attempt(read: () => Reading): Reading | string {
  try {
    return read();
  } catch (error) {
    return error instanceof SelvageError || error instanceof Error ? error.message : 'thrown';
  }
}

function readingOf(message: CoapMessage): Reading {
  return {
    type: message.type,
    code: codeText(message.code),
    messageId: message.messageId,
    token: toHex(message.token),
    options: message.options.map(({ number, value }) => `${number} ${toHex(value)}`),
    payload: toHex(message.payload),
  };
}

function theirs(bytes: Uint8Array): Reading {
  const { code, confirmable, ack, reset, messageId, token, options, payload } = parse(Buffer.from(bytes));
  return {
    type: confirmable ? 'CON' : ack ? 'ACK' : reset ? 'RST' : 'NON',
    code,
    messageId,
    token: toHex(token),
    options: options.map(({ name, value }) => `${numberOf(String(name))} ${toHex(value)}`),
    payload: toHex(payload),
  };
}

function generated({ type, code, messageId, token, options, payload }: CoapMessage): Uint8Array {
  return generate(
    {
      confirmable: type === 'CON',
      ack: type === 'ACK',
      reset: type === 'RST',
      code: codeText(code),
      messageId,
      token: Buffer.from(token),
      options: options.map(({ number, value }) => ({ name: number, value: Buffer.from(value) })),
      payload: Buffer.from(payload),
    },
    65_535,
  );
}

/** Names of RFC 9177, which ours does not know. */
const further: Readonly<Record<string, number>> = { 'Q-Block1': 19, 'Q-Block2': 31 };
const numbers = new Map(Array.from({ length: 2100 }, (_, number) => [optionByNumber(number)?.name, number] as const));

function numberOf(name: string): number {
  return numbers.get(name) ?? further[name] ?? Number(name);
}
