import { describe, expect, it } from '@jest/globals';
import { sentenceOf, signatureOf } from '../../lib/error-signatures.js';

describe('signatureOf', () => {
  it.each([
    ['ECONNRESET', { kind: 'drop', code: 'connection_reset' }],
    ['HPE_ANYTHING', { kind: 'drop', code: 'protocol_error' }],
    ['ERR__ERROR_FORMAT_PADDING_1', { kind: 'drop', code: 'protocol_error' }],
    ['ETIMEDOUT', { kind: 'timeout', code: 'connect_timeout' }],
    ['ERR_TLS_ANYTHING', { kind: 'tls' }],
    ['UNABLE_TO_GET_CRL', { kind: 'tls' }],
    ['TooManyRedirects', { kind: 'redirect' }],
    ['ERR_INVALID_ARG_TYPE', undefined],
    ['Error', undefined],
    ['', undefined],
  ])('takes %s for %o', (code, expected) => {
    expect(signatureOf(code)).toEqual(expected);
  });
});

describe('sentenceOf', () => {
  it('does not read addresses', () => {
    expect(sentenceOf('error sending request for url (https://a.example/redirect/certificate)')?.code).toBe(
      'connection_failed',
    );
    expect(sentenceOf('see https://a.example/redirect')).toBeUndefined();
  });

  it('reads only the beginning of a long text', () => {
    expect(sentenceOf(`${' '.repeat(1_000_000)}redirect`)).toBeUndefined();
    expect(sentenceOf('a'.repeat(1_000_000))).toBeUndefined();
    expect(sentenceOf('http://'.repeat(150_000))).toBeUndefined();
  });
});
