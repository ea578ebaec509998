import { expect, it } from '@jest/globals';
import * as z from 'zod';
import { maybe, text, texts } from '../../../sources/x/schema-parts.js';

it('an optional member may be absent, undefined or null, and then is undefined', () => {
  const schema = z.object({ text, texts, own: maybe(z.object({ a: text })) });
  expect(schema.parse({ text: null, own: { a: null } })).toEqual({ own: {} });
  expect(Object.keys(schema.parse({}))).toEqual([]);
  expect(schema.parse({ text: '', texts: ['a'] })).toEqual({ text: '', texts: ['a'] });
});

it('a value of another type is refused', () => {
  expect(text.safeParse(1).success).toBe(false);
  expect(texts.safeParse(['a', 1]).success).toBe(false);
});
