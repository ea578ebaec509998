import { expect, it } from '@jest/globals';
import { entities, post, withheld } from '../../../sources/x/post-schema.js';

it('a post needs an id and a text', () => {
  expect(post.safeParse({ id: '1', text: '' }).success).toBe(true);
  expect(post.safeParse({ id: '1' }).success).toBe(false);
});

it('values that X lists may be others tomorrow', () => {
  const value = {
    id: '1',
    text: '',
    lang: 'xx',
    reply_settings: 'nobody',
    referenced_tweets: [{ type: 'echoed', id: '2' }],
  };
  expect(post.parse(value)).toEqual(value);
  expect(withheld.parse({ scope: 'galaxy' })).toEqual({ scope: 'galaxy' });
});

it('entities may lack every list', () => {
  expect(entities.parse({})).toEqual({});
  expect(entities.safeParse({ urls: {} }).success).toBe(false);
});
