import { outcomeOf } from '@selvage/core/testing';
import { decodePem, encodePem, encodePemChain } from '@selvage/pki';
import { describe, expect, it } from 'vitest';

const bytes = Uint8Array.from({ length: 100 }, (_, at) => at);

describe('PEM (RFC 7468)', () => {
  it('has lines of 64 characters and is read back', () => {
    const text = encodePem('CERTIFICATE', bytes);
    expect(text.split('\n').map((line) => line.length)).toEqual([27, 64, 64, 8, 25, 0]);
    expect(decodePem('CERTIFICATE', text)).toEqual([bytes]);
  });

  it('is a chain in its order, with whatever text between', () => {
    const other = bytes.slice(1);
    expect(decodePem('CERTIFICATE', encodePemChain([bytes, other]))).toEqual([bytes, other]);
    const talk = `subject=x\r\n${encodePem('CERTIFICATE', bytes).replaceAll('\n', '\r\n')}\n  and then\n${encodePem('X509 CRL', other)}`;
    expect(decodePem('CERTIFICATE', talk)).toEqual([bytes]);
    expect(decodePem('X509 CRL', talk)).toEqual([other]);
  });

  it('has an older name for requests', () => {
    const text = encodePem('CERTIFICATE REQUEST', bytes).replaceAll('CERTIFICATE', 'NEW CERTIFICATE');
    expect(decodePem('CERTIFICATE REQUEST', text)).toEqual([bytes]);
  });

  it('is refused where there is none, or a damaged one', () => {
    const text = encodePem('CERTIFICATE', bytes);
    const damaged = [
      '',
      'x',
      encodePem('X509 CRL', bytes),
      text.replace('AAEC', 'AA!C'),
      text.replace('AAEC', 'AAE'),
      text.replace('END CERTIFICATE', 'END X'),
    ];
    expect(damaged.map((one) => outcomeOf(() => decodePem('CERTIFICATE', one)))).toEqual(
      damaged.map(() => 'bad-certificate'),
    );
  });
});
