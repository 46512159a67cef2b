import { existsSync } from 'node:fs';
import { SelvageError } from '@selvage/core';
import { Dataset } from '@selvage/thread';
import { readOptionText } from '../../dtls/files.js';
import type { Surface } from '../../terminal/surface.js';

/** A line that is nothing but hexadecimal; what a node's console prints around it does not matter. */
const hexLine = /^(?:> )?((?:[0-9a-f]{2}){2,})$/im;
const mostInput = 65_536;

/**
 * Reads a dataset: hexadecimal as the argument itself, `-` for standard input, or a file.
 * @throws SelvageError `invalid-argument` where there is none, `file-not-found`, or of the dataset's codec
 */
export async function readDataset({ stdin }: Surface, argument: string): Promise<Dataset> {
  const text =
    argument === '-' ? await readAll(stdin) : isHex(argument) ? argument : readOptionText('<dataset>', argument);
  const hex = hexLine.exec(text.trim())?.[1];
  if (hex !== undefined) return parsed(hex);
  const where = argument === '-' ? 'standard input' : argument;
  throw new SelvageError('invalid-argument', `${where} holds no dataset: no line of hexadecimal`, { remedy });
}

const remedy = 'give what dataset active -x prints, as it is, in a file, or on standard input with -';

/** What is cut off is told as that. */
function parsed(hex: string): Dataset {
  try {
    return Dataset.parse(hex);
  } catch (cause) {
    if (!(cause instanceof SelvageError) || cause.code !== 'truncated') throw cause;
    throw new SelvageError('truncated', `the dataset ends within a field, after ${hex.length / 2} bytes`, {
      cause,
      details: { ...cause.details },
      remedy: `${remedy}: all of it`,
    });
  }
}

function isHex(argument: string): boolean {
  return /^[0-9a-f]+$/i.test(argument) && !existsSync(argument);
}

async function readAll(stdin: Surface['stdin']): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > mostInput) break;
  }
  return text;
}
