/** What kind of object a stream carries. */
export type Channel =
  'post' | 'like' | 'post_compliance' | 'user_compliance' | 'like_compliance' | 'label' | 'activity';

/** Which families of field parameters a stream takes. */
export type FieldFamily = 'post' | 'like' | 'none';

export interface StreamEndpoint {
  /** The name under which /2/connections knows it. */
  readonly name: string;
  readonly path: string;
  readonly channel: Channel;
  readonly fields: FieldFamily;
  /** Whether `start_time` and `end_time` replay the past. */
  readonly replay: boolean;
  /** Shares of the stream, each its own connection; 0 = not partitioned. */
  readonly partitions: number;
  /** Only posts in this language. */
  readonly lang?: string;
  /** Connects allowed per 15 minutes. */
  readonly connects: number;
  /** Connections at a time, per partition. */
  readonly connections: number;
}

export const filteredPath = '/2/tweets/search/stream';
export const powerPath = '/2/powerstream';

const volume = { channel: 'post', fields: 'post', replay: true, partitions: 0, connects: 50, connections: 1 } as const;
const likes = { ...volume, channel: 'like', fields: 'like' } as const;
const events = { ...volume, fields: 'none' } as const;

/** The fifteen streams of the OpenAPI description, and Powerstream, which is only in the documentation. */
export const endpoints: readonly StreamEndpoint[] = [
  { ...volume, name: 'filtered_stream', path: filteredPath },
  { ...volume, name: 'sample_stream', path: '/2/tweets/sample/stream', replay: false },
  { ...volume, name: 'sample10_stream', path: '/2/tweets/sample10/stream', partitions: 2, connects: 100 },
  { ...volume, name: 'firehose_stream', path: '/2/tweets/firehose/stream', partitions: 20 },
  firehose('en', 8),
  firehose('ja', 2),
  firehose('ko', 2),
  firehose('pt', 2),
  { ...likes, name: 'likes_firehose_stream', path: '/2/likes/firehose/stream', partitions: 20 },
  { ...likes, name: 'likes_sample10_stream', path: '/2/likes/sample10/stream', partitions: 2 },
  {
    ...events,
    name: 'tweets_compliance_stream',
    path: '/2/tweets/compliance/stream',
    channel: 'post_compliance',
    partitions: 4,
  },
  {
    ...events,
    name: 'users_compliance_stream',
    path: '/2/users/compliance/stream',
    channel: 'user_compliance',
    partitions: 4,
  },
  { ...events, name: 'likes_compliance_stream', path: '/2/likes/compliance/stream', channel: 'like_compliance' },
  { ...events, name: 'tweet_label_stream', path: '/2/tweets/label/stream', channel: 'label' },
  {
    ...events,
    name: 'activity_stream',
    path: '/2/activity/stream',
    channel: 'activity',
    connects: 450,
    connections: 2,
  },
  { ...volume, name: 'powerstream', path: powerPath, fields: 'none' },
];

function firehose(lang: string, partitions: number): StreamEndpoint {
  return {
    ...volume,
    name: `firehose_stream_lang_${lang}`,
    path: `/2/tweets/firehose/stream/lang/${lang}`,
    partitions,
    lang,
  };
}

/** The stream at a path. */
export function endpointAt(path: string): StreamEndpoint | undefined {
  return endpoints.find((endpoint) => endpoint.path === path);
}
