import type { PeerAddress } from '@selvage/core';
import type { OcfSession } from '../../client/session.js';
import type { DeviceRecord } from '../journal/device-record.js';
import type { StepContext } from '../step.js';
import type { CertificateIssuer } from './issuer.js';

/** What a task is carried out with. */
export interface TaskContext<Address extends PeerAddress> extends StepContext {
  readonly session: OcfSession<Address>;
  readonly record: DeviceRecord;
  /** The owner's authority; `undefined` where the tool has none. */
  readonly issuer: CertificateIssuer | undefined;
  /** Whether an earlier attempt may have come to somewhere. */
  readonly again: boolean;
}

/** What a task changes in the device's record. */
export type RecordChange = Partial<DeviceRecord>;
