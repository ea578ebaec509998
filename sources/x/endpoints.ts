/** What one of X's streams takes and sends. */
export interface StreamEndpoint {
  /** Below `https://api.x.com`; always GET. */
  readonly path: string;
  /** What `/2/connections` calls it; `undefined` where it lists none. */
  readonly connectionName: string | undefined;
  /** Takes `backfillMinutes`, 0 to 5. */
  readonly backfill: boolean;
  /** Takes `startTime` and `endTime`: a finite connection that replays up to 24 hours. */
  readonly replay: boolean;
  /** How many disjoint shares it is cut into; a connection names one of them. `undefined` where it is whole. */
  readonly partitions: number | undefined;
  /** Which field and expansion options it takes. */
  readonly fields: 'post' | 'like' | 'none';
  /** What an item is. */
  readonly payload: PayloadKind;
  /** What makes two items the same. */
  readonly dedupe: DedupeKind;
}

/** What an item of a stream is. */
export type PayloadKind =
  | 'post'
  | 'like'
  | 'post_compliance'
  | 'user_compliance'
  | 'likes_compliance'
  | 'post_label'
  | 'activity'
  | 'native_post';

/** What makes two items of a stream the same. */
export type DedupeKind = 'post' | 'like' | 'event' | 'activity' | 'native_post';

/**
 * The fifteen streams of X's OpenAPI description 2.167, and Powerstream, which only its documentation knows.
 *
 * Backfill and replay need enterprise access on every one of them.
 */
export const xStreams = {
  filtered: {
    path: '/2/tweets/search/stream',
    connectionName: 'filtered_stream',
    backfill: true,
    replay: true,
    partitions: undefined,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  sample: {
    path: '/2/tweets/sample/stream',
    connectionName: 'sample_stream',
    backfill: true,
    replay: false,
    partitions: undefined,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  sample10: {
    path: '/2/tweets/sample10/stream',
    connectionName: 'sample10_stream',
    backfill: true,
    replay: true,
    partitions: 2,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  firehose: {
    path: '/2/tweets/firehose/stream',
    connectionName: 'firehose_stream',
    backfill: true,
    replay: true,
    partitions: 20,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  firehoseEn: {
    path: '/2/tweets/firehose/stream/lang/en',
    connectionName: 'firehose_stream_lang_en',
    backfill: true,
    replay: true,
    partitions: 8,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  firehoseJa: {
    path: '/2/tweets/firehose/stream/lang/ja',
    connectionName: 'firehose_stream_lang_ja',
    backfill: true,
    replay: true,
    partitions: 2,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  firehoseKo: {
    path: '/2/tweets/firehose/stream/lang/ko',
    connectionName: 'firehose_stream_lang_ko',
    backfill: true,
    replay: true,
    partitions: 2,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  firehosePt: {
    path: '/2/tweets/firehose/stream/lang/pt',
    connectionName: 'firehose_stream_lang_pt',
    backfill: true,
    replay: true,
    partitions: 2,
    fields: 'post',
    payload: 'post',
    dedupe: 'post',
  },
  likesFirehose: {
    path: '/2/likes/firehose/stream',
    connectionName: 'likes_firehose_stream',
    backfill: true,
    replay: true,
    partitions: 20,
    fields: 'like',
    payload: 'like',
    dedupe: 'like',
  },
  likesSample10: {
    path: '/2/likes/sample10/stream',
    connectionName: 'likes_sample10_stream',
    backfill: true,
    replay: true,
    partitions: 2,
    fields: 'like',
    payload: 'like',
    dedupe: 'like',
  },
  postCompliance: {
    path: '/2/tweets/compliance/stream',
    connectionName: 'tweets_compliance_stream',
    backfill: true,
    replay: true,
    partitions: 4,
    fields: 'none',
    payload: 'post_compliance',
    dedupe: 'event',
  },
  userCompliance: {
    path: '/2/users/compliance/stream',
    connectionName: 'users_compliance_stream',
    backfill: true,
    replay: true,
    partitions: 4,
    fields: 'none',
    payload: 'user_compliance',
    dedupe: 'event',
  },
  likesCompliance: {
    path: '/2/likes/compliance/stream',
    connectionName: 'likes_compliance_stream',
    backfill: true,
    replay: true,
    partitions: undefined,
    fields: 'none',
    payload: 'likes_compliance',
    dedupe: 'event',
  },
  postLabels: {
    path: '/2/tweets/label/stream',
    connectionName: 'tweet_label_stream',
    backfill: true,
    replay: true,
    partitions: undefined,
    fields: 'none',
    payload: 'post_label',
    dedupe: 'event',
  },
  activity: {
    path: '/2/activity/stream',
    connectionName: undefined,
    backfill: true,
    replay: true,
    partitions: undefined,
    fields: 'none',
    payload: 'activity',
    dedupe: 'activity',
  },
  powerstream: {
    path: '/2/powerstream',
    connectionName: undefined,
    backfill: true,
    replay: true,
    partitions: undefined,
    fields: 'none',
    payload: 'native_post',
    dedupe: 'native_post',
  },
} as const;

/** The type of {@link xStreams}: one entry per stream. */
export type XStreams = typeof xStreams;

/** The name of a stream of X in this library. */
export type XStreamName = keyof XStreams;

/** The streams whose items are posts. */
export type XPostStreamName = {
  [Name in XStreamName]: XStreams[Name]['payload'] extends 'post' ? Name : never;
}[XStreamName];

/** One endpoint, its members widened so that code can ask about any of them. */
export function endpointOf(name: XStreamName): StreamEndpoint {
  return xStreams[name];
}

/** 1 to `Count`, as literals. */
type UpTo<Count extends number, Seen extends readonly number[] = []> = Seen['length'] extends Count
  ? Seen[number]
  : UpTo<Count, [...Seen, [...Seen, 0]['length'] & number]>;

/** The partitions of a stream, as literals; `never` where it has none. */
export type XPartition<Name extends XStreamName> = XStreams[Name]['partitions'] extends infer Count extends number
  ? UpTo<Count>
  : never;

/**
 * Every partition of a stream, to open one connection for each; empty where it has none. Partitions are disjoint: merge
 * them, nothing needs removing.
 *
 * @example
 * import { partitionsOf } from 'tailrace/sources/x';
 *
 * console.log(partitionsOf('firehoseJa')); // [1, 2]
 */
export function partitionsOf<Name extends XStreamName>(name: Name): XPartition<Name>[] {
  const count = endpointOf(name).partitions ?? 0;
  return Array.from({ length: count }, (_, index) => index + 1).filter((value) => isPartition(name, value));
}

/** Whether the stream has this partition. */
export function isPartition<Name extends XStreamName>(name: Name, value: number): value is XPartition<Name> {
  return Number.isInteger(value) && value >= 1 && value <= (endpointOf(name).partitions ?? 0);
}
