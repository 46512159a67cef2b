import type { CborInput, CborValue } from '@selvage/core';
import {
  bytes,
  type DeviceKind,
  type DeviceLimits,
  deviceKinds,
  integer,
  listOf,
  oneOf,
  optional,
  record,
  text,
  type TransferMethod,
  transferMethods,
  type Valued,
} from '@selvage/ocf';

const kinds = Object.keys(deviceKinds) as [DeviceKind, ...DeviceKind[]];
const methods = Object.keys(transferMethods) as [TransferMethod, ...TransferMethod[]];

const limits = record({
  ownershipLeisure: optional(integer()),
  leisure: optional(integer()),
  grace: optional(integer()),
});

/** What the board's network port reaches. */
const network = record({
  name: text(),
  addresses: listOf(record({ reach: oneOf(['ipv4', 'link', 'wide']) }, { unknown: 'ignore' })),
  /** Where all devices are asked, such as `224.0.1.187:5683`; what is sent there comes in at a port each. */
  groups: listOf(text()),
});

/** What a board's network is: the host's own interface, or a Thread mesh: awake, asleep between its polls, or as a router. */
const attachments = ['ip', 'thread', 'thread-sleepy', 'thread-router'] as const;

/** What a board's network is. */
export type Attachment = (typeof attachments)[number];

const description = {
  kind: oneOf(kinds),
  name: text(),
  /** How it may be owned, the best first. */
  methods: listOf(oneOf(methods), { minimum: 1 }),
  limits: optional(limits),
  /** `ip` where it is left out. */
  attachment: optional(oneOf(attachments)),
} as const;

const described = record(description);

const configuration = record(
  {
    ...description,
    /** What its manufacturer certified its key with, in DER, the device's own first, without the root. */
    chain: optional(listOf(bytes())),
    network,
  },
  { unknown: 'ignore' },
);

/** What a device is made as; it stands in the board's description. */
export type DeviceDescription = Valued<typeof described>;

/** What firmware goes by, of what the board tells of itself: the rest is for others. */
export type DeviceConfiguration = Valued<typeof configuration>;

/** @throws FormatError `invalid-value` */
export function readConfiguration(facts: CborValue): DeviceConfiguration {
  return configuration.read(facts);
}

/** For the firmware's facts. */
export function writeConfiguration(value: DeviceConfiguration): Readonly<Record<string, CborInput>> {
  return configuration.write(value) as Readonly<Record<string, CborInput>>;
}

/** For the board's description. */
export function writeDescription(value: DeviceDescription): CborInput {
  return described.write(value);
}

/** Those that are given, as a device takes them. */
export function limitsOf({ limits: given = {} }: DeviceConfiguration): Partial<DeviceLimits> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
