import type { Entities, GeoPoint, Metrics, Post, Withheld } from './post.js';

/** The objects that the expansions asked for. */
export interface Includes {
  readonly users?: readonly User[] | undefined;
  /** Under this name in the documentation and on the wire; read it with {@link includedPosts}. */
  readonly tweets?: readonly Post[] | undefined;
  /** Under this name in X's OpenAPI description 2.167. */
  readonly posts?: readonly Post[] | undefined;
  readonly media?: readonly Media[] | undefined;
  readonly polls?: readonly Poll[] | undefined;
  readonly places?: readonly Place[] | undefined;
  readonly topics?: readonly Topic[] | undefined;
}

/**
 * The included posts, under whichever of its two names X sent them; each once.
 *
 * @example
 * import { includedPosts, type PostEnvelope } from 'tailrace/sources/x';
 *
 * function wholeText({ data, includes }: PostEnvelope): string {
 *   const repost = data.referenced_tweets?.find(({ type }) => type === 'retweeted');
 *   const original = includedPosts(includes).find(({ id }) => id === repost?.id) ?? data;
 *   return original.note_tweet?.text ?? original.text;
 * }
 */
export function includedPosts(includes: Includes | undefined): readonly Post[] {
  const { tweets, posts } = includes ?? {};
  if (tweets === undefined || posts === undefined) return tweets ?? posts ?? [];
  const known = new Set(tweets.map(({ id }) => id));
  return [...tweets, ...posts.filter(({ id }) => !known.has(id))];
}

/** An account. Beyond `id`, `name` and `username` a member is there only when `userFields` asked for it. */
export interface User {
  readonly id: string;
  readonly name?: string | undefined;
  /** Without its `@`; it can change, the id cannot. */
  readonly username?: string | undefined;
  readonly affiliation?: UserAffiliation | undefined;
  readonly confirmed_email?: string | undefined;
  readonly connection_status?: readonly string[] | undefined;
  /** ISO 8601. */
  readonly created_at?: string | undefined;
  readonly description?: string | undefined;
  readonly entities?: UserEntities | undefined;
  readonly is_identity_verified?: boolean | undefined;
  readonly location?: string | undefined;
  readonly most_recent_tweet_id?: string | undefined;
  readonly parody?: boolean | undefined;
  readonly pinned_tweet_id?: string | undefined;
  readonly profile_banner_url?: string | undefined;
  readonly profile_image_url?: string | undefined;
  readonly protected?: boolean | undefined;
  readonly public_metrics?: UserPublicMetrics | undefined;
  readonly receives_your_dm?: boolean | undefined;
  readonly subscription?: Readonly<Record<string, unknown>> | undefined;
  /** `None`, `Basic`, `Premium` or `PremiumPlus`, so far. */
  readonly subscription_type?: string | undefined;
  readonly url?: string | undefined;
  readonly verified?: boolean | undefined;
  readonly verified_followers_count?: number | undefined;
  /** `blue`, `business`, `government` or `none`, so far. */
  readonly verified_type?: string | undefined;
  readonly withheld?: Withheld | undefined;
}

/** The organisation that an account belongs to. */
export interface UserAffiliation {
  readonly badge_url?: string | undefined;
  readonly description?: string | undefined;
  readonly url?: string | undefined;
  /** One id, or several: X's descriptions differ. */
  readonly user_id?: string | readonly string[] | undefined;
}

/** Links and mentions in a profile. */
export interface UserEntities {
  readonly description?: Entities | undefined;
  readonly url?: Entities | undefined;
}

/** Counts that everybody sees. */
export interface UserPublicMetrics {
  readonly followers_count?: number | undefined;
  readonly following_count?: number | undefined;
  readonly tweet_count?: number | undefined;
  readonly listed_count?: number | undefined;
  readonly like_count?: number | undefined;
  readonly media_count?: number | undefined;
}

/** A photo, a video or an animated GIF, so far. */
export interface Media {
  readonly media_key: string;
  readonly type?: string | undefined;
  readonly alt_text?: string | undefined;
  readonly duration_ms?: number | undefined;
  readonly height?: number | undefined;
  readonly width?: number | undefined;
  readonly preview_image_url?: string | undefined;
  readonly url?: string | undefined;
  readonly variants?: readonly MediaVariant[] | undefined;
  readonly public_metrics?: Metrics | undefined;
  /** Only for the author's own app. */
  readonly non_public_metrics?: Metrics | undefined;
  /** Only for the author's own app. */
  readonly organic_metrics?: Metrics | undefined;
  /** Only for the author's own app. */
  readonly promoted_metrics?: Metrics | undefined;
}

/** One file of a video. */
export interface MediaVariant {
  /** Bits per second; absent for playlists. */
  readonly bit_rate?: number | undefined;
  readonly content_type?: string | undefined;
  readonly url?: string | undefined;
}

/** A poll in a post. */
export interface Poll {
  readonly id: string;
  readonly options?: readonly PollOption[] | undefined;
  readonly duration_minutes?: number | undefined;
  /** ISO 8601. */
  readonly end_datetime?: string | undefined;
  /** `open` or `closed`. */
  readonly voting_status?: string | undefined;
}

/** One answer of a poll. */
export interface PollOption {
  /** From 1. */
  readonly position?: number | undefined;
  readonly label?: string | undefined;
  readonly votes?: number | undefined;
}

/** A place that a post names. */
export interface Place {
  readonly id: string;
  readonly full_name?: string | undefined;
  readonly name?: string | undefined;
  readonly contained_within?: readonly string[] | undefined;
  readonly country?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country_code?: string | undefined;
  readonly geo?: PlaceGeo | undefined;
  /** `city`, `admin`, `country`, `poi` or `neighborhood`, so far. */
  readonly place_type?: string | undefined;
}

/** Where a place is. */
export interface PlaceGeo {
  readonly type?: string | undefined;
  /** West, south, east, north. */
  readonly bbox?: readonly number[] | undefined;
  readonly geometry?: GeoPoint | undefined;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** A topic that a post is about. */
export interface Topic {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
}
