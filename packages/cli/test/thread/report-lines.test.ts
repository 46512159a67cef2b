/** What nodes say of themselves, as people read it. */
import type { DiagnosticReport } from '@selvage/thread';
import { expect, it } from 'vitest';
import { reportLines } from '../../src/thread/mesh/report-lines.js';

it('moves no terminal by what a node says of its maker, and leaves out what it does not say', () => {
  const report: DiagnosticReport = {
    vendorName: 'Acme\u001b[2J\u202e',
    vendorModel: '',
    threadStackVersion: 'stack\r\n1',
    unknown: [],
  };
  expect(reportLines(report)).toEqual([
    `${'vendor'.padEnd(18)}Acme\u{fffd}[2J\u{fffd}`,
    `${'Thread stack'.padEnd(18)}stack\u{fffd}\u{fffd}1`,
  ]);
});
