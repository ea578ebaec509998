import type { ActivityEvent } from './activity.js';
import type { LikesComplianceData, PostComplianceData, PostLabelData, UserComplianceData } from './compliance.js';
import type { PayloadKind, XStreamName, XStreams } from './endpoints.js';
import type { Includes } from './includes.js';
import type { Like } from './like.js';
import type { NativePost } from './native-post.js';
import type { Post } from './post.js';

/** An item as X sends it, one line of the stream. */
export interface Envelope<Data> {
  readonly data: Data;
  readonly includes?: Includes | undefined;
  /** What X could not hydrate: the item itself is good. */
  readonly errors?: readonly PartialError[] | undefined;
}

/** A post; on the filtered stream with the rules that it matched. */
export interface PostEnvelope extends Envelope<Post> {
  /** All rules that matched: a post comes once. */
  readonly matching_rules?: readonly MatchingRule[] | undefined;
}

/** A rule that a post has matched. */
export interface MatchingRule {
  readonly id: string;
  /** Absent or empty for a rule without a tag. */
  readonly tag?: string | undefined;
  readonly embedding_similarity?: number | undefined;
  readonly embedding_threshold?: number | undefined;
}

/** An item of a stream of likes. */
export type LikeEnvelope = Envelope<Like>;
/** An item of the post compliance stream. */
export type PostComplianceEnvelope = Envelope<PostComplianceData>;
/** An item of the user compliance stream. */
export type UserComplianceEnvelope = Envelope<UserComplianceData>;
/** An item of the likes compliance stream. */
export type LikesComplianceEnvelope = Envelope<LikesComplianceData>;
/** An item of the label stream. */
export type PostLabelEnvelope = Envelope<PostLabelData>;
/** An item of the activity stream. */
export type ActivityEnvelope = Envelope<ActivityEvent>;

/** One object that an item refers to and that X could not, or must not, include. */
export interface PartialError {
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  /** Its end, after `/problems/`, is what stays the same. */
  readonly type?: string | undefined;
  readonly value?: string | undefined;
  readonly parameter?: string | undefined;
  readonly resource_type?: string | undefined;
  readonly resource_id?: string | undefined;
  readonly section?: string | undefined;
}

interface Payloads extends Record<PayloadKind, object> {
  post: PostEnvelope;
  like: LikeEnvelope;
  post_compliance: PostComplianceEnvelope;
  user_compliance: UserComplianceEnvelope;
  likes_compliance: LikesComplianceEnvelope;
  post_label: PostLabelEnvelope;
  activity: ActivityEnvelope;
  native_post: NativePost;
}

/** What a stream's items are. */
export type XItem<Name extends XStreamName = XStreamName> = Payloads[XStreams[Name]['payload']];
