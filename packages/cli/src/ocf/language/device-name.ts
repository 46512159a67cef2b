import { SelvageError } from '@selvage/core';
import type { Uuid } from '@selvage/ocf';

/** A device that can be called. */
export interface NamedDevice {
  readonly device: Uuid;
  readonly name?: string | undefined;
}

/** Digits of a UUID that people need to tell their devices apart: a hundred devices share none. */
const shortLength = 8;
/** How many devices an error lists. */
const mostListed = 12;

/**
 * The device that is called by its name, its UUID, or a beginning of either that only one has.
 * @param where whose devices these are, as in "no device ... among the devices of this site"
 * @throws SelvageError `device-not-found` for none, `invalid-argument` for several; either lists the candidates.
 */
export function deviceCalled<D extends NamedDevice>(text: string, devices: readonly D[], where: string): D {
  const wanted = text.toLowerCase();
  for (const matches of [isCalled, beginsWith]) {
    const found = devices.filter((device) => matches(device, wanted));
    if (found.length > 1) throw ambiguous(text, found);
    if (found[0] !== undefined) return found[0];
  }
  throw unknown(text, devices, where);
}

/** A device as people know it: `hall-light (62d8e00a)`, or its UUID's beginning alone. */
export function calledText({ device, name }: NamedDevice): string {
  return name === undefined ? shortId(device) : `${name} (${shortId(device)})`;
}

/** What to do about a device that says of itself that it is another one, as after a reset at the device. */
export function resetHint(before: NamedDevice, now: NamedDevice): string {
  const forget = `selvage reset ${shortId(before.device)} --forget`;
  return `${calledText(before)} was reset at the device, it seems, and is now ${calledText(now)}: ${forget} forgets what it was`;
}

/** A name as it is typed in a shell. */
export function shellWord(text: string): string {
  return /^[\w.:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The beginning of a UUID. */
export function shortId(device: string): string {
  return device.slice(0, shortLength);
}

function isCalled({ device, name }: NamedDevice, wanted: string): boolean {
  return device === wanted || name?.toLowerCase() === wanted;
}

function beginsWith({ device, name }: NamedDevice, wanted: string): boolean {
  return wanted !== '' && (device.startsWith(wanted) || (name?.toLowerCase().startsWith(wanted) ?? false));
}

function ambiguous(text: string, found: readonly NamedDevice[]): SelvageError {
  return new SelvageError('invalid-argument', `${JSON.stringify(text)} can be any of ${found.length} devices`, {
    remedy: `say which, by more of its name or UUID: ${listed(found)}`,
  });
}

function unknown(text: string, devices: readonly NamedDevice[], where: string): SelvageError {
  return new SelvageError('device-not-found', `no device is called ${JSON.stringify(text)} ${where}`, {
    fault: 'caller',
    remedy:
      devices.length === 0 ? 'there are none: selvage discover looks for some' : `these are there: ${listed(devices)}`,
  });
}

function listed(devices: readonly NamedDevice[]): string {
  const texts = devices.slice(0, mostListed).map(calledText);
  const more = devices.length - texts.length;
  return `${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
