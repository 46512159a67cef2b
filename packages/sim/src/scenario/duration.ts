/** Milliseconds of what a duration is written in. */
const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of `90s`, `1.5h`, `2m 30s`, `250ms`; a bare number is seconds. Whole ones. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*/gy)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (parts.length === 0 || length !== text.trim().length) return undefined;
  if (parts.length > 1 && parts.some(([, , unit]) => unit === undefined)) return undefined;
  const sum = parts.reduce((so, [, number, unit = 's']) => so + Number(number) * units[unit as keyof typeof units], 0);
  return Math.round(sum);
}

/** The other way, as short as it can be said exactly: `1h 30m`, `2.5s`. */
export function durationText(milliseconds: number): string {
  const parts: string[] = [];
  let rest = milliseconds;
  for (const unit of ['h', 'm'] as const) {
    const whole = Math.floor(rest / units[unit]);
    if (whole > 0) parts.push(`${whole}${unit}`);
    rest -= whole * units[unit];
  }
  if (rest > 0 || parts.length === 0) parts.push(`${Math.round(rest) / units.s}s`);
  return parts.join(' ');
}
