import { expect, it } from '@jest/globals';
import { includes, user } from '../../../sources/x/includes-schema.js';

it('a user needs an id alone, and its count may come as text', () => {
  expect(user.parse({ id: '1', verified_followers_count: '42' })).toEqual({ id: '1', verified_followers_count: 42 });
  expect(user.safeParse({ id: '1', verified_followers_count: 'many' }).success).toBe(false);
  expect(user.safeParse({ username: 'a' }).success).toBe(false);
});

it('an affiliation has one id or several', () => {
  for (const id of ['1', ['1', '2']]) {
    expect(user.parse({ id: '1', affiliation: { user_id: id } })).toEqual({ id: '1', affiliation: { user_id: id } });
  }
});

it('posts are read under both names', () => {
  const posts = [{ id: '1', text: 'a' }];
  expect(includes.parse({ tweets: posts, posts })).toEqual({ tweets: posts, posts });
});
