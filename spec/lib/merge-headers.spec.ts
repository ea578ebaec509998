import { describe, expect, it } from '@jest/globals';
import { mergeHeaders } from '../../lib/merge-headers.js';

describe('mergeHeaders', () => {
  it('puts the later ones on top, whatever the case of their names', () => {
    expect(mergeHeaders({ Accept: 'a', b: '1' }, undefined, { ACCEPT: 'c' }, { b: '2' })).toEqual({
      accept: 'c',
      b: '2',
    });
    expect(mergeHeaders()).toEqual({});
    expect(mergeHeaders(undefined)).toEqual({});
  });

  it('lets a later one leave out what came before', () => {
    expect(mergeHeaders({ authorization: 'x' }, { Authorization: undefined })).toEqual({ authorization: undefined });
  });

  it('asks functions anew every time, in order, and keeps functions for single values', async () => {
    const asked: string[] = [];
    const value = (): string => 'lazy';
    const first = async () => {
      asked.push('first');
      return { Token: String(asked.length), kept: value };
    };
    const second = () => {
      asked.push('second');
      return { other: '1' };
    };
    const merged = mergeHeaders({ token: 'old' }, first, second);
    if (typeof merged !== 'function') throw new Error('a function was expected');
    expect(asked).toEqual([]);
    expect(await merged()).toEqual({ token: '1', kept: value, other: '1' });
    expect(await merged()).toEqual({ token: '3', kept: value, other: '1' });
    expect(asked).toEqual(['first', 'second', 'first', 'second']);
  });
});
