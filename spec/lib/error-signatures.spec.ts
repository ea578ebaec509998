import { describe, expect, it } from '@jest/globals';
import { signatureOf } from '../../lib/error-signatures.js';

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
