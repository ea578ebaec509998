import { describe, expect, it } from '@jest/globals';
import { headerBytes, headerLabel, headerRule, methodRule } from '../../lib/header-value.js';

describe('headerRule', () => {
  it.each(['', 'a', 'Bearer a b', 'a\tb', '\u00e9\u4e16', '\u2028'.concat('a').slice(1)])('allows %j', (value) => {
    expect(headerRule('x-a').test(value)).toBe(true);
  });

  it.each([' a', 'a ', 'a\n', '\ra', 'a\r\nx-b: c', 'a\nb', 'a\0b', 'a\x01b', 'a\x7fb', '\x1b[0m', 5, undefined])(
    'refuses %j',
    (value) => {
      expect(headerRule('x-a').test(value)).toBe(false);
    },
  );

  it('allows exactly the bytes that may stand in a field (RFC 9110 5.5)', () => {
    for (let code = 0; code < 0x80; code += 1) {
      const allowed = code === 9 || (code >= 0x20 && code < 0x7f);
      expect([code, headerRule('x-a').test(`a${String.fromCharCode(code)}b`)]).toEqual([code, allowed]);
    }
  });

  it.each(['', 'a b', 'a:', 'a\r\n', 'na\u00efve', '(a)', 'a/b', '"a"'])(
    'refuses the name %j, and does not quote it',
    (name) => {
      expect(headerRule(name).test('a')).toBe(false);
      expect(headerRule(name).expected).toBe('under a name that HTTP allows');
      expect(headerLabel(name)).toBe('a header');
    },
  );

  it('quotes a name that is one', () => {
    expect(headerLabel('X-Api-Key')).toBe('header "X-Api-Key"');
  });
});

describe('headerBytes', () => {
  it('leaves ASCII as it is, and makes UTF-8 of the rest, one character a byte', () => {
    expect(headerBytes('a\tb ~')).toBe('a\tb ~');
    expect(headerBytes('\u00e9')).toBe('\u00c3\u00a9');
    expect(Buffer.from(headerBytes('a\u4e16\u{1f600}'), 'latin1').toString()).toBe('a\u4e16\u{1f600}');
  });
});

describe('methodRule', () => {
  it('allows names of methods', () => {
    expect(['GET', 'patch', 'X-CUSTOM'].map(methodRule.test)).toEqual([true, true, true]);
    expect(['', 'GE T', 'GET\r\n', 5, null].map(methodRule.test)).toEqual([false, false, false, false, false]);
  });
});
