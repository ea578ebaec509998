/**
 * A post as X sends it: its names, its snake_case. Beyond `id`, `text` and `edit_history_tweet_ids` a member is there only
 * when `tweetFields` asked for it and X has it.
 *
 * Ids are decimal text of up to 19 digits: as numbers they would lose their last ones.
 */
export interface Post {
  readonly id: string;
  /** At most 280 characters; `note_tweet.text` holds a longer one whole. `&amp;`, `&lt;` and `&gt;` stay as they are. */
  readonly text: string;
  /** Ids of all versions, oldest first. An edit arrives as a post with an id of its own. */
  readonly edit_history_tweet_ids?: readonly string[] | undefined;
  /** An article that the post carries. X does not describe its members in full. */
  readonly article?: Readonly<Record<string, unknown>> | undefined;
  readonly attachments?: PostAttachments | undefined;
  readonly author_id?: string | undefined;
  readonly card_uri?: string | undefined;
  readonly community_id?: string | undefined;
  readonly context_annotations?: readonly ContextAnnotation[] | undefined;
  /** The id of the post that the conversation began with. */
  readonly conversation_id?: string | undefined;
  /** ISO 8601, to the second. */
  readonly created_at?: string | undefined;
  /** First and last code point of the part of `text` that is shown. */
  readonly display_text_range?: readonly number[] | undefined;
  readonly edit_controls?: EditControls | undefined;
  readonly entities?: Entities | undefined;
  readonly geo?: PostGeo | undefined;
  readonly in_reply_to_user_id?: string | undefined;
  /** BCP 47, as X detected it; `und` where it could not. */
  readonly lang?: string | undefined;
  readonly matched_media_notes?: readonly unknown[] | undefined;
  readonly media_metadata?: readonly MediaMetadata[] | undefined;
  readonly note_request_suggestions?: readonly NoteRequestSuggestion[] | undefined;
  /** The whole text of a post of more than 280 characters. */
  readonly note_tweet?: NoteTweet | undefined;
  readonly paid_partnership?: boolean | undefined;
  readonly possibly_sensitive?: boolean | undefined;
  readonly public_metrics?: PostPublicMetrics | undefined;
  /** Only for the author's own app. */
  readonly non_public_metrics?: Metrics | undefined;
  /** Only for the author's own app. */
  readonly organic_metrics?: Metrics | undefined;
  /** Only for the author's own app. */
  readonly promoted_metrics?: Metrics | undefined;
  /** What it reposts, quotes or answers. The text of a repost is cut: the whole one is in `includes`. */
  readonly referenced_tweets?: readonly ReferencedPost[] | undefined;
  /** `everyone`, `mentionedUsers`, `following`, `subscribers`, `verified` or `other`, so far. */
  readonly reply_settings?: string | undefined;
  readonly scopes?: { readonly followers?: boolean | undefined } | undefined;
  /** The name of the program that it was written with; X no longer fills it everywhere. */
  readonly source?: string | undefined;
  /** URLs as text, or objects with a URL: X's descriptions differ. */
  readonly suggested_source_links?: readonly unknown[] | undefined;
  readonly suggested_source_links_with_counts?: readonly unknown[] | undefined;
  readonly withheld?: Withheld | undefined;
}

/** Counters by name. */
export type Metrics = Readonly<Record<string, number>>;

/** Counts that everybody sees. */
export interface PostPublicMetrics {
  readonly retweet_count?: number | undefined;
  readonly reply_count?: number | undefined;
  readonly like_count?: number | undefined;
  readonly quote_count?: number | undefined;
  readonly bookmark_count?: number | undefined;
  readonly impression_count?: number | undefined;
}

/** Keys of media and ids of polls, to be found in `includes`. */
export interface PostAttachments {
  /** Found in `includes.media` by `media_key`. */
  readonly media_keys?: readonly string[] | undefined;
  readonly media_source_tweet_id?: readonly string[] | undefined;
  /** Found in `includes.polls` by `id`. */
  readonly poll_ids?: readonly string[] | undefined;
}

/** What X thinks a post is about. */
export interface ContextAnnotation {
  readonly domain?: ContextSubject | undefined;
  readonly entity?: ContextSubject | undefined;
}

/** One side of an annotation: a domain or an entity. */
export interface ContextSubject {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}

/** Whether and until when a post can be edited. */
export interface EditControls {
  readonly edits_remaining?: number | undefined;
  readonly is_edit_eligible?: boolean | undefined;
  /** ISO 8601. */
  readonly editable_until?: string | undefined;
}

/** The whole text of a long post. */
export interface NoteTweet {
  readonly text?: string | undefined;
  readonly entities?: Entities | undefined;
}

/** A suggestion to write a community note. */
export interface NoteRequestSuggestion {
  readonly suggestion_id?: string | undefined;
  readonly suggestion?: string | undefined;
  readonly source_link?: string | undefined;
}

/** What the author says of media. */
export interface MediaMetadata {
  readonly media_key?: string | undefined;
  readonly alt_text?: string | undefined;
}

/** Where a post says it is from. */
export interface PostGeo {
  /** Found in `includes.places` by `id`. */
  readonly place_id?: string | undefined;
  readonly coordinates?: GeoPoint | undefined;
}

/** GeoJSON: longitude first. */
export interface GeoPoint {
  readonly type?: string | undefined;
  readonly coordinates?: readonly number[] | undefined;
}

/** A post that this one answers, quotes or repeats. */
export interface ReferencedPost {
  /** `retweeted`, `quoted` or `replied_to`, so far. */
  readonly type: string;
  readonly id: string;
}

/** Where a post or a user must not be shown. */
export interface Withheld {
  readonly copyright?: boolean | undefined;
  /** ISO 3166-1 alpha-2; `XX` and `XY` stand for everywhere. */
  readonly country_codes?: readonly string[] | undefined;
  /** `tweet` (`post` in 2.167) or `user`. */
  readonly scope?: string | undefined;
}

/** What X found in a text. `start` and `end` count code points, and `end` is the first one after. */
export interface Entities {
  readonly annotations?: readonly AnnotationEntity[] | undefined;
  readonly cashtags?: readonly TagEntity[] | undefined;
  readonly hashtags?: readonly TagEntity[] | undefined;
  readonly mentions?: readonly MentionEntity[] | undefined;
  readonly urls?: readonly UrlEntity[] | undefined;
}

interface Span {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** A hashtag or a cashtag in a text. */
export interface TagEntity extends Span {
  /** Without its `#` or `$`. */
  readonly tag?: string | undefined;
}

/** An account that a text names. */
export interface MentionEntity extends Span {
  readonly username?: string | undefined;
  readonly id?: string | undefined;
}

/** Something in a text that X has recognised. */
export interface AnnotationEntity extends Span {
  readonly normalized_text?: string | undefined;
  /** 0 to 1. */
  readonly probability?: number | undefined;
  readonly type?: string | undefined;
}

/** A link in a text. */
export interface UrlEntity extends Span {
  /** The `t.co` address. */
  readonly url?: string | undefined;
  readonly expanded_url?: string | undefined;
  readonly display_url?: string | undefined;
  /** After all redirects. */
  readonly unwound_url?: string | undefined;
  readonly media_key?: string | undefined;
  readonly status?: number | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly images?: readonly UrlImage[] | undefined;
}

/** A preview picture of a link. */
export interface UrlImage {
  readonly url?: string | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}
