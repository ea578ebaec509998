import { describe, expect, it } from '@jest/globals';
import { problemOf, readProblem, recordOf, slugOf } from '../../lib/problem.js';

describe('readProblem', () => {
  it('reads an RFC 9457 problem with its own members', () => {
    const body = {
      type: 'https://a.example/2/problems/usage-capped',
      title: 'Capped',
      detail: 'enough',
      period: 'Monthly',
    };
    expect(readProblem(JSON.stringify(body))).toEqual({
      type: body.type,
      slug: 'usage-capped',
      title: 'Capped',
      detail: 'enough',
      summary: 'Capped: enough',
      members: body,
    });
  });

  it.each([
    ['title only', { title: 'Gone' }, 'Gone'],
    ['message only', { message: 'no such thing' }, 'no such thing'],
    ['an error object', { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }, 'busy'],
    ['an error text', { error: 'invalid_grant' }, 'invalid_grant'],
    ['an OAuth description', { error: 'invalid_grant', error_description: 'too old' }, 'too old'],
    ['the first of errors', { errors: [{ title: 'first' }, { title: 'second' }] }, 'first'],
  ])('reads %s', (_name, body, summary) => {
    expect(readProblem(JSON.stringify(body))?.summary).toBe(summary);
  });

  it.each([
    ['HTML', '<html></html>'],
    ['nothing', ''],
    ['a text', '"oops"'],
    ['null', 'null'],
    ['a list', '[{"title":"x"}]'],
    ['JSON that names nothing', '{"a":1}'],
    ['no errors', '{"errors":[]}'],
    ['members of other types', '{"title":1,"detail":{},"error":5}'],
  ])('finds none in %s', (_name, body) => {
    expect(readProblem(body)).toBeUndefined();
  });

  it('keeps type and slug of the inner problem', () => {
    expect(problemOf({ errors: [{ type: 'x/problems/a-b/', title: 't' }] })?.slug).toBe('a-b');
  });
});

describe('problemOf', () => {
  it('looks one level deep and no deeper', () => {
    expect(problemOf({ error: { error: { message: 'deep' } } })).toBeUndefined();
    let nested: unknown = { message: 'bottom' };
    for (let depth = 0; depth < 100_000; depth += 1) nested = { error: nested };
    expect(problemOf(nested)).toBeUndefined();
  });

  it('makes one clean line of what it says', () => {
    const dirty = 'a\r\nb\u001b[31m\u2028c\u202ed\u0000e';
    expect(problemOf({ title: dirty })?.summary).toBe('a b [31m c d e');
    expect(problemOf({ title: 'x'.repeat(5_000) })?.summary).toHaveLength(1_000);
  });
});

describe('slugOf', () => {
  it.each([
    ['https://a.example/2/problems/usage-capped', 'usage-capped'],
    ['https://a.example/problems/x#frag', 'x'],
    ['https://a.example/problems/x?y=1', 'x'],
    ['about:blank', undefined],
  ])('reads %s as %s', (type, slug) => {
    expect(slugOf(type)).toBe(slug);
  });
});

describe('recordOf', () => {
  it('takes plain objects only', () => {
    expect(recordOf({ a: 1 })).toEqual({ a: 1 });
    for (const other of [null, undefined, 1, 'x', [1]]) expect(recordOf(other)).toBeUndefined();
  });
});
