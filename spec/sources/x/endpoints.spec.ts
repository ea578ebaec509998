import { describe, expect, it } from '@jest/globals';
import { endpointOf, isPartition, partitionsOf, xStreams } from '../../../sources/x/endpoints.js';

describe('the table of streams', () => {
  it('has the fifteen of the description and Powerstream, each path once', () => {
    const all = Object.values(xStreams);
    expect(all).toHaveLength(16);
    expect(new Set(all.map(({ path }) => path)).size).toBe(16);
    expect(all.every(({ path }) => path.startsWith('/2/'))).toBe(true);
  });

  it.each([
    ['filtered', '/2/tweets/search/stream', 'filtered_stream', true, undefined, 'post'],
    ['sample', '/2/tweets/sample/stream', 'sample_stream', false, undefined, 'post'],
    ['sample10', '/2/tweets/sample10/stream', 'sample10_stream', true, 2, 'post'],
    ['firehose', '/2/tweets/firehose/stream', 'firehose_stream', true, 20, 'post'],
    ['firehoseEn', '/2/tweets/firehose/stream/lang/en', 'firehose_stream_lang_en', true, 8, 'post'],
    ['firehoseJa', '/2/tweets/firehose/stream/lang/ja', 'firehose_stream_lang_ja', true, 2, 'post'],
    ['firehoseKo', '/2/tweets/firehose/stream/lang/ko', 'firehose_stream_lang_ko', true, 2, 'post'],
    ['firehosePt', '/2/tweets/firehose/stream/lang/pt', 'firehose_stream_lang_pt', true, 2, 'post'],
    ['likesFirehose', '/2/likes/firehose/stream', 'likes_firehose_stream', true, 20, 'like'],
    ['likesSample10', '/2/likes/sample10/stream', 'likes_sample10_stream', true, 2, 'like'],
    ['postCompliance', '/2/tweets/compliance/stream', 'tweets_compliance_stream', true, 4, 'none'],
    ['userCompliance', '/2/users/compliance/stream', 'users_compliance_stream', true, 4, 'none'],
    ['likesCompliance', '/2/likes/compliance/stream', 'likes_compliance_stream', true, undefined, 'none'],
    ['postLabels', '/2/tweets/label/stream', 'tweet_label_stream', true, undefined, 'none'],
    ['activity', '/2/activity/stream', undefined, true, undefined, 'none'],
    ['powerstream', '/2/powerstream', undefined, true, undefined, 'none'],
  ] as const)('knows what %s takes', (name, path, connectionName, replay, partitions, fields) => {
    expect(endpointOf(name)).toMatchObject({ path, connectionName, backfill: true, replay, partitions, fields });
  });
});

describe('partitions', () => {
  it('are counted from 1', () => {
    expect(partitionsOf('firehoseEn')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(partitionsOf('firehose').at(-1)).toBe(20);
    expect(partitionsOf('filtered')).toEqual([]);
  });

  it('outside of the stream are none', () => {
    expect([0, 1, 2, 3, 1.5, Number.NaN].filter((value) => isPartition('sample10', value))).toEqual([1, 2]);
    expect(isPartition('sample', 1)).toBe(false);
  });
});
