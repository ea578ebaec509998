import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { maybe, text, texts, withoutNulls } from '../../../sources/x/schema-parts.js';

describe('an optional member', () => {
  it('may be absent, and then is not added', () => {
    const schema = z.object({ text, texts, own: maybe(z.object({ a: text })) });
    expect(Object.keys(schema.parse({}))).toEqual([]);
    expect(schema.parse({ text: '', texts: ['a'] })).toEqual({ text: '', texts: ['a'] });
  });

  it('is refused with another type', () => {
    expect(text.safeParse(1).success).toBe(false);
    expect(texts.safeParse(['a', 1]).success).toBe(false);
  });
});

describe('withoutNulls', () => {
  const { validate } = withoutNulls(z.object({ id: z.string(), list: maybe(z.array(z.object({ text }))) }))[
    '~standard'
  ];

  it('counts null as absent at every depth', () => {
    expect(validate({ id: 'a', list: null })).toEqual({ value: { id: 'a' } });
    expect(validate({ id: 'a', list: [{ text: null }] })).toEqual({ value: { id: 'a', list: [{}] } });
  });

  it('still refuses null where something is needed', () => {
    expect(validate({ id: null })).toMatchObject({ issues: [{ path: ['id'] }] });
    expect(validate(null)).toMatchObject({ issues: [{ path: [] }] });
  });

  it('survives depth', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(validate({ id: 1, list: deep })).toMatchObject({ issues: [{ path: ['id'] }, {}] });
  });

  it('takes no prototype from a line', () => {
    const line: unknown = JSON.parse('{"id":"a","list":null,"__proto__":{"polluted":true}}');
    const result = validate(line);
    expect(result).toEqual({ value: { id: 'a' } });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});
