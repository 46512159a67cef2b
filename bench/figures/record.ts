/** A record of 100 bytes from one connection to the other under AES-128-CCM-8. */
import { SelvageError } from '@selvage/core';
import { cpuTime } from '../batches.js';
import { Joined } from '../dtls/joined.js';
import { psk } from '../dtls/modes.js';
import type { Figure } from '../figure.js';

const data = new Uint8Array(100).fill(0xa5);

export const record: Figure = {
  name: 'dtls.record',
  work: '100-byte record, seal + open, CCM_8',
  unit: 'µs',
  atMost: 3.5,
  measure: () => ({ measured: cpuTime('µs', sendsRecords()) }),
};

function sendsRecords(): () => void {
  const { client, server } = psk();
  const joined = new Joined(server);
  const session = joined.connect(client);
  const [sender, receiver] = [session.client.connection, session.server.connection];
  return () => {
    sender.handle({ kind: 'send', data }, 0);
    const sealed = sender.poll(0);
    if (sealed?.kind === 'transmit') receiver.handle({ kind: 'datagram', payload: sealed.payload }, 0);
    const opened = receiver.poll(0);
    if (opened?.kind !== 'data' || opened.data.length !== data.length) {
      throw new SelvageError('wrong-state', 'a record did not arrive');
    }
  };
}
