import { toHex } from '@selvage/core';
import { readToken } from '@selvage/hardware';
import { coseHeaders } from '@selvage/pki';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { readOptionFile } from '../dtls/files.js';
import { describeToken, tokenLines } from './describe.js';

/** `attest show`. @throws SelvageError that names the step. */
export async function show(report: Report, file: string): Promise<void> {
  const token = await step('read the token', () => readToken(readOptionFile('<token>', file)));
  const { protectedHeader, unprotectedHeader } = token.message;
  const keyId = protectedHeader.get(coseHeaders.keyId) ?? unprotectedHeader.get(coseHeaders.keyId);
  const hasChain = protectedHeader.has(coseHeaders.x5chain) || unprotectedHeader.has(coseHeaders.x5chain);
  const data = {
    verified: false,
    ...describeToken(token),
    ...(keyId instanceof Uint8Array && { keyId: toHex(keyId) }),
    certificate: hasChain ? 'goes along' : 'none',
  };
  report.show({ event: 'token', data, lines: tokenLines(data) });
}
