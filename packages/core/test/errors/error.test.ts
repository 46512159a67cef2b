import { describe, expect, it } from 'vitest';
import {
  type ErrorCode,
  FormatError,
  SelvageError,
  alertFor,
  coapCode,
  errorTable,
  exitCode,
  httpStatus,
} from '@selvage/core';

describe('SelvageError', () => {
  it('takes its fault from the table, unless told otherwise', () => {
    expect(new SelvageError('truncated', 'm').fault).toBe('peer');
    expect(new SelvageError('truncated', 'm', { fault: 'caller' }).fault).toBe('caller');
  });

  it('is an Error with a name, a message and a cause', () => {
    const cause = new SelvageError('timed-out', 'inner');
    const error = new SelvageError('store-failed', 'outer', { cause });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('SelvageError: outer');
    expect(error.stack).toContain('SelvageError: outer');
    expect(error.cause).toBe(cause);
  });

  it('has no property that it was not given', () => {
    const error = new SelvageError('internal', 'm');
    expect(Object.keys(error).sort()).toEqual(['code', 'fault']);
    expect('cause' in error).toBe(false);
  });

  it('becomes plain data with the cause where that is one of ours, and without a stack', () => {
    const error = new SelvageError('store-failed', 'outer', {
      cause: new SelvageError('timed-out', 'inner'),
      details: { name: 'a' },
      remedy: 'Try again.',
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'store-failed',
      fault: 'ours',
      message: 'outer',
      details: { name: 'a' },
      remedy: 'Try again.',
      cause: { code: 'timed-out', fault: 'peer', message: 'inner' },
    });
    const foreign = new SelvageError('internal', 'm', { cause: new TypeError('password=hunter2') });
    expect(JSON.stringify(foreign)).not.toContain('hunter2');
  });
});

describe('FormatError', () => {
  it('gains a segment of its path at every level on its way out', () => {
    const error = new FormatError('truncated', 'too short', { details: { needed: 2 } });
    expect([error.path, error.message, error.details]).toEqual(['', 'too short', { needed: 2 }]);
    error.within('length').within('[1]').within('extensions').within('clientHello');
    expect(error.path).toBe('clientHello.extensions[1].length');
    expect(error.message).toBe('clientHello.extensions[1].length: too short');
    expect(error.toJSON().details).toEqual({ needed: 2, path: 'clientHello.extensions[1].length' });
  });
});

describe('the outward table', () => {
  const codes = Object.keys(errorTable) as ErrorCode[];

  it('has kebab-case codes, HTTP and exit codes of errors only, and CoAP codes of RFC 7252 §12.1.2 and RFC 8516', () => {
    const coap = [
      '4.00',
      '4.01',
      '4.02',
      '4.03',
      '4.04',
      '4.06',
      '4.08',
      '4.13',
      '4.15',
      '4.29',
      '5.00',
      '5.03',
      '5.04',
    ];
    for (const code of codes) {
      const row = errorTable[code];
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(coap).toContain(row.coap);
      expect(row.http >= 400 && row.http < 600).toBe(true);
      expect(row.exit >= 64 && row.exit <= 78).toBe(true);
    }
  });

  it('blames nobody else for what is ours: ours is a 5xx and internal_error', () => {
    for (const code of codes.filter((name) => errorTable[name].fault === 'ours')) {
      const row = errorTable[code];
      expect({ code, coap: row.coap[0], alert: row.alert }).toEqual({ code, coap: '5', alert: 'internal_error' });
    }
  });

  it.each([
    ['truncated', 'decode_error', '4.00', 400, 65],
    ['invalid-proof', 'handshake_failure', '4.01', 401, 77],
    ['decrypt-error', 'decrypt_error', '4.01', 401, 77],
    ['unknown-psk-identity', 'unknown_psk_identity', '4.01', 401, 77],
    ['entropy-failed', 'internal_error', '5.03', 503, 71],
    ['invalid-argument', 'internal_error', '5.00', 400, 64],
  ] as const)('maps %s', (code, alert, coap, http, exit) => {
    const error = new SelvageError(code, 'm');
    expect([alertFor(error), coapCode(error), httpStatus(error), exitCode(error)]).toEqual([alert, coap, http, exit]);
  });

  it('maps what is no SelvageError to internal', () => {
    for (const error of [new TypeError('x'), 'text', undefined]) {
      expect([alertFor(error), coapCode(error), httpStatus(error), exitCode(error)]).toEqual([
        'internal_error',
        '5.00',
        500,
        70,
      ]);
    }
  });
});
