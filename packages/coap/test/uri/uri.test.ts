import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { joinPath, parseCoapUri, splitPath } from '../../src/index.js';

describe('paths (RFC 7252 §6.4, §6.5)', () => {
  it.each([
    ['/', []],
    ['/a', ['a']],
    ['/a/b', ['a', 'b']],
    ['/a/', ['a', '']],
    ['//', ['', '']],
    ['/.well-known/core', ['.well-known', 'core']],
    ['/%2F/%25/%C3%BC', ['/', '%', 'ü']],
    ["/~!$&'()*+,;=:@", ["~!$&'()*+,;=:@"]],
  ])('%s', (path, segments) => {
    expect(splitPath(path)).toEqual(segments);
    expect(joinPath(segments)).toBe(path);
  });

  it('may be written without the first slash', () => {
    expect(splitPath('oic/res')).toEqual(['oic', 'res']);
    expect(splitPath('')).toEqual([]);
  });

  it('that are not percent-encoded UTF-8 are refused', () => {
    for (const path of ['/%', '/%4', '/%zz', '/%ff']) expect(outcomeOf(() => splitPath(path))).toBe('invalid-argument');
  });
});

describe('URIs (RFC 7252 §6)', () => {
  it.each([
    ['coap://example.net/a', { scheme: 'coap', host: 'example.net', port: 5683, segments: ['a'], query: [] }],
    ['COAP://Example.NET', { scheme: 'coap', host: 'example.net', port: 5683, segments: [], query: [] }],
    ['coaps://[fe80::1]:51549', { scheme: 'coaps', host: 'fe80::1', port: 51_549, segments: [], query: [] }],
    [
      'coap://127.0.0.1/a%2Fb/c?rt=x%26y&&z',
      { scheme: 'coap', host: '127.0.0.1', port: 5683, segments: ['a/b', 'c'], query: ['rt=x&y', '', 'z'] },
    ],
    ['coaps+tcp://h/?', { scheme: 'coaps+tcp', host: 'h', port: 5684, segments: [], query: [''] }],
  ])('%s', (uri, parts) => {
    expect(parseCoapUri(uri)).toEqual(parts);
  });

  it.each(['http://h/', 'coap:/h', 'coap://', 'coap://h:0/', 'coap://h:65536/', 'coap://u@h/', 'coap://h/a#f', 'h/a'])(
    '%s is none',
    (uri) => {
      expect(outcomeOf(() => parseCoapUri(uri))).toBe('address-invalid');
    },
  );
});
