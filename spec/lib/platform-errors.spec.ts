import { describe, expect, it } from '@jest/globals';
import { byCode, sentenceOf } from '../../lib/platform-errors.js';

describe('byCode', () => {
  it('reads the codes of an error before those of its causes', () => {
    const cause = Object.assign(new Error('inner'), { code: 'ENOTFOUND' });
    const error = Object.assign(new Error('outer', { cause }), { code: 'ECONNRESET' });
    expect(byCode(error, 'request')?.slice(0, 2)).toEqual(['connection_error', 'connection_reset']);
    expect(byCode(new Error('outer', { cause }), 'request')?.slice(0, 2)).toEqual(['connection_error', 'dns']);
  });

  it('takes the end of a connection in the body for an interruption', () => {
    expect(byCode({ code: 'ECONNRESET' }, 'body')?.slice(0, 2)).toEqual(['stream_interrupted', 'interrupted']);
    expect(byCode({ code: 'ERR_SSL_WRONG_VERSION' }, 'body')?.[0]).toBe('stream_interrupted');
    expect(byCode({ code: 'ERR_SSL_WRONG_VERSION' }, 'request')?.slice(0, 2)).toEqual(['fatal_error', 'tls']);
  });

  it('says nothing of what it does not know', () => {
    expect(byCode(new Error('x'), 'request')).toBeUndefined();
    expect(byCode('ECONNRESET', 'request')).toBeUndefined();
    expect(byCode(undefined, 'body')).toBeUndefined();
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
