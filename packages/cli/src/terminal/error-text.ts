import { SelvageError } from '@selvage/core';
import type { Style } from './style.js';
import { hang } from './text.js';

const widest = 100;

/**
 * An error for a person: what failed and its code, what to do, the facts, and what lies beneath it. Anything but a
 * SelvageError is a defect of ours and shows its stack, so that it can be reported.
 */
export function errorLines(error: unknown, style: Style, columns = 80): string[] {
  const width = Math.min(columns, widest) - 1;
  if (!(error instanceof SelvageError)) return defectLines(error, style);
  return [
    ...hang('selvage: ', `${error.message} [${error.code}]`, width).map(style.bad),
    ...(error.remedy === undefined ? [] : hang('  → ', error.remedy, width)),
    ...Object.entries(error.details ?? {}).flatMap(([name, value]) =>
      hang(`    ${name}: `, `${value}`, width).map(style.dim),
    ),
    ...causeLines(error.cause, error.message, style, width),
  ];
}

/** What lies beneath, unless it was said already. */
function causeLines(cause: unknown, said: string, style: Style, width: number): string[] {
  if (!(cause instanceof Error)) return [];
  const { message } = cause;
  const code = cause instanceof SelvageError ? ` [${cause.code}]` : '';
  const lines = said.includes(message) ? [] : hang('    because: ', `${message}${code}`, width).map(style.dim);
  return [...lines, ...causeLines(cause.cause, `${said}\n${message}`, style, width)];
}

function defectLines(error: unknown, style: Style): string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [style.bad('selvage: a defect of selvage itself; please report it with what follows'), text];
}
