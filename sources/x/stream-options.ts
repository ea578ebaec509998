import type { XPartition, XStreamName, XStreams } from './endpoints.js';
import type {
  LikeExpansion,
  LikeField,
  MediaField,
  PlaceField,
  PollField,
  PostExpansion,
  TweetField,
  UserField,
} from './fields.js';

/** Enterprise access only: without it X refuses the parameter itself, so nothing is sent unless it is set. */
export interface XBackfillOptions {
  /** How far back to begin, in whole minutes, 0 to 5. What it repeats is not removed by X. @default undefined, not sent */
  backfillMinutes?: number | undefined;
}

/** Enterprise access only. A connection with these is finite: it replays and then ends cleanly. */
export interface XReplayOptions {
  /** Beginning of the replay, at most 24 hours ago; rounded down to the second. Text is ISO 8601 with a zone. */
  startTime?: Date | string | undefined;
  /** End of the replay; rounded up to the second. Text is ISO 8601 with a zone. */
  endTime?: Date | string | undefined;
}

/** What a post, and what it refers to, comes with. */
export interface XPostFieldOptions {
  /** @default undefined: id, text, edit_history_tweet_ids */
  tweetFields?: readonly TweetField[] | undefined;
  /** Which objects come in `includes`. @default undefined: none */
  expansions?: readonly PostExpansion[] | undefined;
  /** @default undefined: media_key, type */
  mediaFields?: readonly MediaField[] | undefined;
  /** @default undefined: id, options */
  pollFields?: readonly PollField[] | undefined;
  /** @default undefined: id, name, username */
  userFields?: readonly UserField[] | undefined;
  /** @default undefined: id, full_name */
  placeFields?: readonly PlaceField[] | undefined;
}

/** What a like comes with. */
export interface XLikeFieldOptions {
  /** @default undefined: what X sends by default */
  likeFields?: readonly LikeField[] | undefined;
  /** Which objects come in `includes`. @default undefined: none */
  expansions?: readonly LikeExpansion[] | undefined;
  /** @default undefined: id, name, username */
  userFields?: readonly UserField[] | undefined;
  /** @default undefined: id, text, edit_history_tweet_ids */
  tweetFields?: readonly TweetField[] | undefined;
  /** Since 2.167 of X's OpenAPI description. @default undefined: media_key, type */
  mediaFields?: readonly MediaField[] | undefined;
}

/** What Powerstream alone takes. */
export interface XPowerstreamOptions {
  /** Only what the data centre of this connection sees; the first line then names the data centre. @default false */
  localDcOnly?: boolean | undefined;
}

interface PartitionOption<Partition extends number> {
  /** Which share of the stream, from 1; required. One connection each, merged, gives the whole. */
  partition: Partition;
}

type BackfillOf<Name extends XStreamName> = XStreams[Name]['backfill'] extends true ? XBackfillOptions : unknown;
type ReplayOf<Name extends XStreamName> = XStreams[Name]['replay'] extends true ? XReplayOptions : unknown;
type PartitionOf<Name extends XStreamName> = [XPartition<Name>] extends [never]
  ? unknown
  : PartitionOption<XPartition<Name>>;
type FieldsOf<Name extends XStreamName> = {
  post: XPostFieldOptions;
  like: XLikeFieldOptions;
  none: unknown;
}[XStreams[Name]['fields']];

/** What can be asked of one stream: exactly what its endpoint takes. */
export type XStreamOptions<Name extends XStreamName> = BackfillOf<Name> &
  ReplayOf<Name> &
  PartitionOf<Name> &
  FieldsOf<Name> &
  (Name extends 'powerstream' ? XPowerstreamOptions : unknown);
