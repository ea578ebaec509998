import { expect, it } from '@jest/globals';
import { likedAuthorId } from '../../../sources/x/like.js';

it('reads the author of the liked post under both names', () => {
  expect(likedAuthorId({ id: 'a', tweet_author_id: '1' })).toBe('1');
  expect(likedAuthorId({ id: 'a', liked_tweet_author_id: '2' })).toBe('2');
  expect(likedAuthorId({ id: 'a' })).toBeUndefined();
});
