import { describe, expect, it } from '@jest/globals';
import { errorChain, field, member } from '../../lib/error-chain.js';

describe('errorChain', () => {
  it('is the error and its causes, the outermost first', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    expect(errorChain(outer)).toEqual([outer, inner]);
    expect(errorChain('text')).toEqual(['text']);
    expect(errorChain(undefined)).toEqual([]);
  });

  it('ends where a cause points back', () => {
    const error: { cause?: unknown } = {};
    error.cause = error;
    expect(errorChain(error)).toHaveLength(5);
  });
});

describe('field and member', () => {
  it('read what an error of any class carries, and nothing else', () => {
    expect(field({ code: 'X' }, 'code')).toBe('X');
    expect(field({ code: 7 }, 'code')).toBeUndefined();
    expect(field(null, 'name')).toBeUndefined();
    expect(member({ status: 503 }, 'status')).toBe(503);
    expect(member('text', 'length')).toBeUndefined();
  });
});
