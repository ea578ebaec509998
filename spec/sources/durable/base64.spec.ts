import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64Bytes } from '../../../sources/durable/base64.js';

describe('base64Bytes', () => {
  it('gives the bytes of any base64, line breaks left out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64');
        expect(base64Bytes(text)).toEqual(bytes);
        expect(base64Bytes(text.replace(/(.{3})/g, '$1\r\n'))).toEqual(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['a', 'ab', 'abc', 'ab=', 'a===', '====', '=abc', 'ab=c', 'ab-_', 'abc\u00e9', 'ab c', 'a\u20acbc', 'abcd='])(
    'gives nothing for %j',
    (text) => {
      expect(base64Bytes(text)).toBeUndefined();
    },
  );

  it('gives no bytes for no text', () => {
    expect(base64Bytes('')).toEqual(new Uint8Array(0));
    expect(base64Bytes('\n')).toEqual(new Uint8Array(0));
  });
});
