import { decode, SelvageError, toHex } from '@selvage/core';
import { codeText, emptyCode, isRequest, methodOf, type ResponseCode, responseNames } from '../message/code.js';
import { type CoapMessage, coapMessage, type MessageType } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';
import { all } from '../option/access.js';
import { type Block } from '../option/block.js';
import { option, optionByNumber } from '../option/registry.js';
import { joinPath } from '../uri/path.js';

/** One message in words, for a timeline. A payload is only told by its length. */
export interface CoapDescription {
  /** Such as `GET /oic/res?rt=oic.r.doxm`, `2.05 Content`, `Empty`. */
  readonly name: string;
  readonly type: MessageType;
  readonly messageId: number;
  /** Hexadecimal; empty for none. */
  readonly token: string;
  /** Bytes of the payload. */
  readonly length: number;
  /** The options that the name does not tell, as label and text. */
  readonly fields: readonly (readonly [label: string, text: string])[];
}

/** What a datagram says, or undefined for one that is no CoAP message. */
export function describeDatagram(datagram: Uint8Array): CoapDescription | undefined {
  try {
    return describeMessage(decode(coapMessage, datagram));
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

/** A message in words. */
export function describeMessage(message: CoapMessage): CoapDescription {
  const { type, messageId, token, payload, options, code } = message;
  const told = isRequest(code) ? [option.uriPath.number, option.uriQuery.number] : [];
  const fields = options
    .filter(({ number }) => !told.includes(number))
    .map((one) => [optionByNumber(one.number)?.name ?? `option ${one.number}`, valueText(one)] as const);
  return { name: nameOf(message), type, messageId, token: toHex(token), length: payload.length, fields };
}

function nameOf({ code, options }: CoapMessage): string {
  if (code === emptyCode) return 'Empty';
  const text = codeText(code);
  if (!isRequest(code)) return [text, responseNames[text as ResponseCode]].filter(Boolean).join(' ');
  const query = quietly(() => all(options, option.uriQuery)) ?? [];
  const path = quietly(() => joinPath(all(options, option.uriPath))) ?? '(no UTF-8)';
  return `${methodOf(code) ?? text} ${path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

function valueText({ number, value }: CoapOption): string {
  const format = optionByNumber(number)?.format;
  const read = format && quietly(() => format.read(value));
  switch (format?.name) {
    case 'uint':
    case 'string':
      return typeof read === 'string' || typeof read === 'number' ? `${read}` : toHex(value);
    case 'block':
      return read === undefined ? toHex(value) : blockText(read as Block);
    case 'empty':
      return 'yes';
    default:
      return toHex(value);
  }
}

/** As RFC 7959 §2.2 writes it. */
function blockText({ number, more, size }: Block): string {
  return `${number}/${more ? 1 : 0}/${size}`;
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
