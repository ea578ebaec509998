import * as z from 'zod';
import type { Includes, User } from './includes.js';
import { entities, post, withheld } from './post-schema.js';
import { anyObject, count, flag, maybe, metrics, numbers, text, texts } from './schema-parts.js';

/** Counters that X has sent as text too. */
const lenientCount = maybe(
  z.union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ]),
);

const userMetrics = z.object({
  followers_count: count,
  following_count: count,
  tweet_count: count,
  listed_count: count,
  like_count: count,
  media_count: count,
});

/** An account. Asks for no more than an id. */
export const user: z.ZodType<User> = z.object({
  id: z.string(),
  name: text,
  username: text,
  affiliation: maybe(
    z.object({
      badge_url: text,
      description: text,
      url: text,
      user_id: maybe(z.union([z.string(), z.array(z.string())])),
    }),
  ),
  confirmed_email: text,
  connection_status: texts,
  created_at: text,
  description: text,
  entities: maybe(z.object({ description: maybe(entities), url: maybe(entities) })),
  is_identity_verified: flag,
  location: text,
  most_recent_tweet_id: text,
  parody: flag,
  pinned_tweet_id: text,
  profile_banner_url: text,
  profile_image_url: text,
  protected: flag,
  public_metrics: maybe(userMetrics),
  receives_your_dm: flag,
  subscription: anyObject,
  subscription_type: text,
  url: text,
  verified: flag,
  verified_followers_count: lenientCount,
  verified_type: text,
  withheld: maybe(withheld),
});

const media = z.object({
  media_key: z.string(),
  type: text,
  alt_text: text,
  duration_ms: count,
  height: count,
  width: count,
  preview_image_url: text,
  url: text,
  variants: maybe(z.array(z.object({ bit_rate: count, content_type: text, url: text }))),
  public_metrics: metrics,
  non_public_metrics: metrics,
  organic_metrics: metrics,
  promoted_metrics: metrics,
});

const poll = z.object({
  id: z.string(),
  options: maybe(z.array(z.object({ position: count, label: text, votes: count }))),
  duration_minutes: count,
  end_datetime: text,
  voting_status: text,
});

const place = z.object({
  id: z.string(),
  full_name: text,
  name: text,
  contained_within: texts,
  country: text,
  country_code: text,
  geo: maybe(
    z.object({
      type: text,
      bbox: numbers,
      geometry: maybe(z.object({ type: text, coordinates: numbers })),
      properties: anyObject,
    }),
  ),
  place_type: text,
});

/** The objects that the expansions asked for. */
export const includes: z.ZodType<Includes> = z.object({
  users: maybe(z.array(user)),
  tweets: maybe(z.array(post)),
  posts: maybe(z.array(post)),
  media: maybe(z.array(media)),
  polls: maybe(z.array(poll)),
  places: maybe(z.array(place)),
  topics: maybe(z.array(z.object({ id: z.string(), name: text, description: text }))),
});
