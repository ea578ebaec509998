/** A like of a post. */
export interface Like {
  /** A hash, not a number. */
  readonly id: string;
  /** ISO 8601. */
  readonly created_at?: string | undefined;
  readonly liked_tweet_id?: string | undefined;
  /** The author of the liked post, as the documentation's samples name it; read it with {@link likedAuthorId}. */
  readonly tweet_author_id?: string | undefined;
  /** The same, as the request's field list names it. */
  readonly liked_tweet_author_id?: string | undefined;
  /** Milliseconds since 1970. */
  readonly timestamp_ms?: number | undefined;
  readonly attachments_media_keys?: readonly string[] | undefined;
}

/** The author of the liked post, under whichever of its two names X sent it. */
export function likedAuthorId(like: Like): string | undefined {
  return like.liked_tweet_author_id ?? like.tweet_author_id;
}
