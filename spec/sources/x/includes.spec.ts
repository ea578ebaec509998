import { describe, expect, it } from '@jest/globals';
import { includedPosts } from '../../../sources/x/includes.js';

describe('includedPosts', () => {
  const [a, b] = [
    { id: '1', text: 'a' },
    { id: '2', text: 'b' },
  ];

  it('reads both names', () => {
    expect(includedPosts({ tweets: [a] })).toEqual([a]);
    expect(includedPosts({ posts: [b] })).toEqual([b]);
  });

  it('gives each post once when both are there', () => {
    expect(includedPosts({ tweets: [a], posts: [a, b] })).toEqual([a, b]);
  });

  it('is empty without posts', () => {
    expect(includedPosts(undefined)).toEqual([]);
    expect(includedPosts({ users: [] })).toEqual([]);
  });
});
