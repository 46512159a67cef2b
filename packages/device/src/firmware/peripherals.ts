/** What is built into the thing that a device is: the names under which its firmware shows and hears. */
export const peripherals = {
  /** Shows a PIN, or nothing. */
  display: 'display',
  /** Tells what happens to the device, to whoever looks at its console. */
  console: 'console',
  /** Buttons, sensors and what they are wired to: orders go in, and their answers come out. */
  panel: 'panel',
} as const;

/** The ports that a device asks its board for. */
export const portNames = {
  plain: 'plain',
  secured: 'secured',
  /** The device as the client of others. */
  clientPlain: 'client-plain',
  clientSecured: 'client-secured',
  /** One a group: what is sent to it. */
  group: (at: number) => `group-${at}`,
} as const;
