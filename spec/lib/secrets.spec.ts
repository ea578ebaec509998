import { describe, expect, it } from '@jest/globals';
import { isSecretHeader, redact, secretIn, secretsOf } from '../../lib/secrets.js';

const nowhere = new URL('http://a.example/');

describe('secretIn', () => {
  it('finds a credential by its name, in any case', () => {
    expect(secretIn(['limit', 'Access_Token', 'key'])).toBe('Access_Token');
    expect(secretIn(['limit', 'pagination_token', 'next_token', 'cursor', 'keys'])).toBeUndefined();
  });
});

describe('isSecretHeader', () => {
  it.each(['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'x-goog-api-key', 'x-session-token'])(
    '%s',
    (name) => {
      expect(isSecretHeader(name)).toBe(true);
    },
  );

  it.each(['accept', 'content-type', 'last-event-id', 'user-agent'])('not %s', (name) => {
    expect(isSecretHeader(name)).toBe(false);
  });
});

describe('redact', () => {
  it('takes out a whole header, its token alone, and each part of a cookie', () => {
    const secrets = secretsOf(
      { authorization: 'Bearer abc-123-def', cookie: 'sid=0123456789; a=b', accept: 'text/plain' },
      nowhere,
    );
    const said = 'got "Bearer abc-123-def" with abc-123-def, 0123456789 and b; Bearer was text/plain';
    expect(redact(said, secrets)).toBe('got "[redacted]" with [redacted], [redacted] and b; Bearer was text/plain');
  });

  it('takes out credentials of the query, as they are and as they stand in the URL', () => {
    const secrets = secretsOf({}, new URL('http://a.example/?key=se%2Fcret-1&limit=1234567'));
    expect(redact('se/cret-1 se%2Fcret-1 1234567', secrets)).toBe('[redacted] [redacted] 1234567');
  });

  it('takes out the longest first, so that no end of a secret stays', () => {
    const secrets = secretsOf({ 'x-api-key': 'abcdef', 'x-other-key': 'abcdefghijk' }, nowhere);
    expect(redact('abcdefghijk', secrets)).toBe('[redacted]');
  });
});
