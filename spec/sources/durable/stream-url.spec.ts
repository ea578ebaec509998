import { describe, expect, it } from '@jest/globals';
import { streamUrl } from '../../../sources/durable/stream-url.js';

const root = 'https://example.com/v1/stream';

describe('streamUrl', () => {
  it.each([
    ['events/a', `${root}/events/a`],
    ['/events/a', `${root}/events/a`],
    ['a%20b', `${root}/a%20b`],
    ['a b/ü', `${root}/a%20b/%C3%BC`],
    ['http://evil.example/x', `${root}/http://evil.example/x`],
    ['@evil.example', `${root}/@evil.example`],
  ])('puts %p below the root', (path, url) => {
    expect(streamUrl(root, path)).toBe(url);
  });

  it.each(['', '/', '../x', 'a/../../x', '..', '%2e%2e/x', 'a?b', 'a#b', 'a\\..\\..\\..\\x', '..\\x'])(
    'refuses %p, which leads elsewhere',
    (path) => {
      expect(() => streamUrl(root, path)).toThrow(expect.objectContaining({ code: 'parse_error' }));
    },
  );
});
