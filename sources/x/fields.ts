/** A name that X documents, or one that it adds tomorrow: three came in eight versions of its description. */
type Open<Known extends string> = Known | (string & {});

/** `tweet.fields` of X's OpenAPI description 2.167. Without any, a post has `id`, `text` and `edit_history_tweet_ids`. */
export const tweetFields = [
  'article',
  'attachments',
  'author_id',
  'card_uri',
  'community_id',
  'context_annotations',
  'conversation_id',
  'created_at',
  'display_text_range',
  'edit_controls',
  'edit_history_tweet_ids',
  'entities',
  'geo',
  'id',
  'in_reply_to_user_id',
  'lang',
  'matched_media_notes',
  'media_metadata',
  'non_public_metrics',
  'note_request_suggestions',
  'note_tweet',
  'organic_metrics',
  'paid_partnership',
  'possibly_sensitive',
  'promoted_metrics',
  'public_metrics',
  'referenced_tweets',
  'reply_settings',
  'scopes',
  'source',
  'suggested_source_links',
  'suggested_source_links_with_counts',
  'text',
  'withheld',
] as const;

/** `expansions` of the post streams: what X puts into `includes`. */
export const postExpansions = [
  'article.cover_media',
  'article.media_entities',
  'attachments.media_keys',
  'attachments.media_source_tweet',
  'attachments.poll_ids',
  'author_id',
  'edit_history_tweet_ids',
  'entities.mentions.username',
  'entities.note.mentions.username',
  'geo.place_id',
  'in_reply_to_user_id',
  'referenced_tweets.id',
  'referenced_tweets.id.attachments.media_keys',
  'referenced_tweets.id.author_id',
] as const;

/** `media.fields`. */
export const mediaFields = [
  'alt_text',
  'duration_ms',
  'height',
  'media_key',
  'non_public_metrics',
  'organic_metrics',
  'preview_image_url',
  'promoted_metrics',
  'public_metrics',
  'type',
  'url',
  'variants',
  'width',
] as const;

/** `poll.fields`. */
export const pollFields = ['duration_minutes', 'end_datetime', 'id', 'options', 'voting_status'] as const;

/** `user.fields`. Without any, a user has `id`, `name` and `username`. */
export const userFields = [
  'affiliation',
  'confirmed_email',
  'connection_status',
  'created_at',
  'description',
  'entities',
  'id',
  'is_identity_verified',
  'location',
  'most_recent_tweet_id',
  'name',
  'parody',
  'pinned_tweet_id',
  'profile_banner_url',
  'profile_image_url',
  'protected',
  'public_metrics',
  'receives_your_dm',
  'subscription',
  'subscription_type',
  'url',
  'username',
  'verified',
  'verified_followers_count',
  'verified_type',
  'withheld',
] as const;

/** `place.fields`. */
export const placeFields = [
  'contained_within',
  'country',
  'country_code',
  'full_name',
  'geo',
  'id',
  'name',
  'place_type',
] as const;

/** `like_with_tweet_author.fields`. */
export const likeFields = [
  'attachments_media_keys',
  'created_at',
  'id',
  'liked_tweet_author_id',
  'liked_tweet_id',
  'timestamp_ms',
] as const;

/** `expansions` of the like streams. */
export const likeExpansions = ['attachments.media_keys', 'liked_tweet_author_id', 'liked_tweet_id'] as const;

/** Members of a post. New ones pass as text. */
export type TweetField = Open<(typeof tweetFields)[number]>;
/** Objects that a post may bring with it. New ones pass as text. */
export type PostExpansion = Open<(typeof postExpansions)[number]>;
/** Members of media. New ones pass as text. */
export type MediaField = Open<(typeof mediaFields)[number]>;
/** Members of a poll. New ones pass as text. */
export type PollField = Open<(typeof pollFields)[number]>;
/** Members of an account. New ones pass as text. */
export type UserField = Open<(typeof userFields)[number]>;
/** Members of a place. New ones pass as text. */
export type PlaceField = Open<(typeof placeFields)[number]>;
/** Members of a like. New ones pass as text. */
export type LikeField = Open<(typeof likeFields)[number]>;
/** Objects that a like may bring with it. New ones pass as text. */
export type LikeExpansion = Open<(typeof likeExpansions)[number]>;
