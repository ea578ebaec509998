import * as z from 'zod';
import type { Schema } from '../../lib/schema.js';
import type {
  ActivityEnvelope,
  LikeEnvelope,
  LikesComplianceEnvelope,
  PostComplianceEnvelope,
  PostEnvelope,
  PostLabelEnvelope,
  UserComplianceEnvelope,
} from './envelopes.js';
import { activity, likesCompliance, postCompliance, postLabel, userCompliance } from './event-schemas.js';
import { includes } from './includes-schema.js';
import type { NativePost } from './native-post.js';
import { post } from './post-schema.js';
import { count, flag, maybe, text, texts, withoutNulls } from './schema-parts.js';

// Nobody but the door imports this file: a program that does not validate does not load zod for it.

const partialError = z.object({
  title: text,
  detail: text,
  type: text,
  value: text,
  parameter: text,
  resource_type: text,
  resource_id: text,
  section: text,
});

const beside = { includes: maybe(includes), errors: maybe(z.array(partialError)) };

const matchingRule = z.object({
  id: z.string(),
  tag: text,
  embedding_similarity: count,
  embedding_threshold: count,
});

/**
 * A line of the filtered, sample and firehose streams. Like all schemas here it asks for as little as a program needs, takes
 * any value where X lists values, counts `null` as absent, and drops members that the types do not name.
 */
export const postSchema: Schema<PostEnvelope> = withoutNulls(
  z.object({
    data: post,
    ...beside,
    matching_rules: maybe(z.array(matchingRule)),
  }),
);

const like = z.object({
  id: z.string(),
  created_at: text,
  liked_tweet_id: text,
  tweet_author_id: text,
  liked_tweet_author_id: text,
  timestamp_ms: count,
  attachments_media_keys: texts,
});

/** A line of the like streams. */
export const likeSchema: Schema<LikeEnvelope> = withoutNulls(z.object({ data: like, ...beside }));

/** A line of the post compliance stream. */
export const postComplianceSchema: Schema<PostComplianceEnvelope> = withoutNulls(
  z.object({ data: postCompliance, ...beside }),
);

/** A line of the user compliance stream. */
export const userComplianceSchema: Schema<UserComplianceEnvelope> = withoutNulls(
  z.object({ data: userCompliance, ...beside }),
);

/** A line of the likes compliance stream. */
export const likesComplianceSchema: Schema<LikesComplianceEnvelope> = withoutNulls(
  z.object({ data: likesCompliance, ...beside }),
);

/** A line of the post label stream. */
export const postLabelSchema: Schema<PostLabelEnvelope> = withoutNulls(z.object({ data: postLabel, ...beside }));

/** A line of the activity stream. Payloads are passed on as they are, once they have what their type cannot do without. */
export const activitySchema: Schema<ActivityEnvelope> = withoutNulls(z.object({ data: activity, ...beside }));

const nativePost: z.ZodType<NativePost> = z.looseObject({
  id_str: z.string(),
  created_at: text,
  timestamp_ms: text,
  text,
  full_text: text,
  truncated: flag,
  lang: text,
  source: text,
  in_reply_to_status_id_str: text,
  in_reply_to_user_id_str: text,
  user: maybe(z.looseObject({ id_str: text, name: text, screen_name: text })),
  extended_tweet: maybe(z.looseObject({ full_text: text })),
  retweeted_status: maybe(z.lazy(() => nativePost)),
  quoted_status: maybe(z.lazy(() => nativePost)),
});

/** One post of Powerstream. Members that the type does not name are kept: it names few. */
export const nativePostSchema: Schema<NativePost> = withoutNulls(nativePost);
