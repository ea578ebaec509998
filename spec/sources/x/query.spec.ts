import { describe, expect, it } from '@jest/globals';
import { queryOptionsOf, streamQuery } from '../../../sources/x/query.js';
import type { XStreamOptions } from '../../../sources/x/stream-options.js';

describe('streamQuery', () => {
  it('joins fields by commas and leaves out what is not set or empty', () => {
    const options: XStreamOptions<'filtered'> = {
      tweetFields: ['created_at', 'a_field_of_tomorrow'],
      expansions: ['author_id', 'referenced_tweets.id'],
      mediaFields: ['url'],
      pollFields: ['options'],
      userFields: ['verified'],
      placeFields: [],
      startTime: undefined,
    };
    expect(streamQuery('filtered', options)).toEqual({
      'tweet.fields': 'created_at,a_field_of_tomorrow',
      expansions: 'author_id,referenced_tweets.id',
      'media.fields': 'url',
      'poll.fields': 'options',
      'user.fields': 'verified',
    });
  });

  it('writes times in whole seconds of UTC, a beginning rounded down and an end rounded up', () => {
    const options: XStreamOptions<'filtered'> = {
      startTime: new Date('2026-01-31T10:00:00.999Z'),
      endTime: '2026-01-31T12:00:00.001+01:00',
      backfillMinutes: 0,
    };
    expect(streamQuery('filtered', options)).toEqual({
      start_time: '2026-01-31T10:00:00Z',
      end_time: '2026-01-31T11:00:01Z',
      backfill_minutes: '0',
    });
    expect(streamQuery('activity', { endTime: '2026-01-31T12:00:00Z' })).toEqual({ end_time: '2026-01-31T12:00:00Z' });
  });

  it('speaks camel case to Powerstream', () => {
    const options: XStreamOptions<'powerstream'> = { backfillMinutes: 5, startTime: new Date(0), localDcOnly: true };
    expect(streamQuery('powerstream', options)).toEqual({
      backfillMinutes: '5',
      startTime: '1970-01-01T00:00:00Z',
      localDcOnly: 'true',
    });
  });

  it('names the fields of likes as the like streams do', () => {
    const options: XStreamOptions<'likesFirehose'> = { partition: 20, likeFields: ['id'], tweetFields: ['lang'] };
    expect(streamQuery('likesFirehose', options)).toEqual({
      partition: '20',
      'like_with_tweet_author.fields': 'id',
      'tweet.fields': 'lang',
    });
  });

  it('types exactly what a stream takes', () => {
    // @ts-expect-error partition is required
    const none: XStreamOptions<'sample10'> = {};
    // @ts-expect-error there are two partitions
    const third: XStreamOptions<'sample10'> = { partition: 3 };
    // @ts-expect-error the sample cannot be replayed
    const replay: XStreamOptions<'sample'> = { startTime: new Date(0) };
    // @ts-expect-error compliance has no fields
    const fields: XStreamOptions<'likesCompliance'> = { tweetFields: ['id'] };
    for (const [name, options] of [
      ['sample10', none],
      ['sample10', third],
      ['sample', replay],
      ['likesCompliance', fields],
    ] as const) {
      expect(() => streamQuery(name, options)).toThrow(TypeError);
    }
  });

  it.each([
    ['sample', { startTime: new Date(0) }, 'X stream "sample" has no option "startTime"'],
    ['filtered', { partition: 1 }, 'X stream "filtered" has no option "partition"'],
    ['filtered', { tweet_fields: ['id'] }, 'has no option "tweet_fields"; it has backfillMinutes, startTime'],
    ['postCompliance', { partition: 1, tweetFields: [] }, 'X stream "postCompliance" has no option "tweetFields"'],
    ['firehose', {}, 'option "partition" is required: a whole number, 1 to 20'],
    ['firehose', { partition: undefined }, 'option "partition" is required'],
    ['firehose', { partition: 21 }, 'option "partition" must be a whole number, 1 to 20, got 21'],
    ['firehose', { partition: 0 }, 'option "partition" must be'],
    ['firehose', { partition: '1' }, 'option "partition" must be'],
    ['filtered', { backfillMinutes: 6 }, 'option "backfillMinutes" must be a whole number, 0 to 5, got 6'],
    ['filtered', { backfillMinutes: 1.5 }, 'option "backfillMinutes" must be'],
    ['filtered', { backfillMinutes: Number.NaN }, 'option "backfillMinutes" must be'],
    ['filtered', { backfillMinutes: null }, 'option "backfillMinutes" must be'],
    ['filtered', { startTime: new Date(Number.NaN) }, 'option "startTime" must be a valid Date'],
    ['filtered', { startTime: '2026-01-31T10:00:00' }, 'option "startTime" must be'],
    ['filtered', { startTime: '2026-02-31' }, 'option "startTime" must be'],
    ['filtered', { endTime: 1_700_000_000 }, 'option "endTime" must be'],
    ['filtered', { endTime: new Date(8.64e15) }, 'option "endTime" must be'],
    ['filtered', { startTime: new Date(2_000), endTime: new Date(1_000) }, '"startTime" must be before "endTime"'],
    ['filtered', { tweetFields: 'id' }, 'option "tweetFields" must be an array of field names'],
    ['filtered', { tweetFields: ['id,text'] }, 'option "tweetFields" must be'],
    ['filtered', { expansions: [''] }, 'option "expansions" must be'],
    ['powerstream', { localDcOnly: 'true' }, 'option "localDcOnly" must be true or false'],
  ] as const)('refuses for %s %j', (name, options, message) => {
    expect(() => streamQuery(name, options)).toThrow(TypeError);
    expect(() => streamQuery(name, options)).toThrow(message);
  });

  it('tells which options are its own', () => {
    expect(queryOptionsOf('sample10').slice(0, 4)).toEqual(['partition', 'backfillMinutes', 'startTime', 'endTime']);
    expect(queryOptionsOf('powerstream')).toEqual(['backfillMinutes', 'startTime', 'endTime', 'localDcOnly']);
  });
});
