import { describe, expect, it } from '@jest/globals';
import * as fields from '../../../sources/x/fields.js';

describe('the field lists', () => {
  it('name every field once', () => {
    for (const list of Object.values(fields)) expect(new Set<string>(list).size).toBe(list.length);
  });

  it('have as many as the description 2.167', () => {
    expect(Object.fromEntries(Object.entries(fields).map(([name, list]) => [name, list.length]))).toEqual({
      tweetFields: 34,
      postExpansions: 14,
      mediaFields: 13,
      pollFields: 5,
      userFields: 26,
      placeFields: 8,
      likeFields: 6,
      likeExpansions: 3,
    });
  });
});
