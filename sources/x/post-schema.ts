import * as z from 'zod';
import type { Entities, Post, Withheld } from './post.js';
import { anyArray, anyObject, count, flag, maybe, metrics, numbers, text, texts } from './schema-parts.js';

const span = { start: count, end: count };

const tagEntity = z.object({ ...span, tag: text });

const urlEntity = z.object({
  ...span,
  url: text,
  expanded_url: text,
  display_url: text,
  unwound_url: text,
  media_key: text,
  status: count,
  title: text,
  description: text,
  images: maybe(z.array(z.object({ url: text, width: count, height: count }))),
});

/** What X found in a text. */
export const entities: z.ZodType<Entities> = z.object({
  annotations: maybe(z.array(z.object({ ...span, normalized_text: text, probability: count, type: text }))),
  cashtags: maybe(z.array(tagEntity)),
  hashtags: maybe(z.array(tagEntity)),
  mentions: maybe(z.array(z.object({ ...span, username: text, id: text }))),
  urls: maybe(z.array(urlEntity)),
});

export const withheld: z.ZodType<Withheld> = z.object({ copyright: flag, country_codes: texts, scope: text });

const contextSubject = z.object({ id: text, name: text, description: text });

const publicMetrics = z.object({
  retweet_count: count,
  reply_count: count,
  like_count: count,
  quote_count: count,
  bookmark_count: count,
  impression_count: count,
});

/** A post. Asks for no more than an id and a text. */
export const post: z.ZodType<Post> = z.object({
  id: z.string(),
  text: z.string(),
  edit_history_tweet_ids: texts,
  article: anyObject,
  attachments: maybe(z.object({ media_keys: texts, media_source_tweet_id: texts, poll_ids: texts })),
  author_id: text,
  card_uri: text,
  community_id: text,
  context_annotations: maybe(z.array(z.object({ domain: maybe(contextSubject), entity: maybe(contextSubject) }))),
  conversation_id: text,
  created_at: text,
  display_text_range: numbers,
  edit_controls: maybe(z.object({ edits_remaining: count, is_edit_eligible: flag, editable_until: text })),
  entities: maybe(entities),
  geo: maybe(z.object({ place_id: text, coordinates: maybe(z.object({ type: text, coordinates: numbers })) })),
  in_reply_to_user_id: text,
  lang: text,
  matched_media_notes: anyArray,
  media_metadata: maybe(z.array(z.object({ media_key: text, alt_text: text }))),
  note_request_suggestions: maybe(z.array(z.object({ suggestion_id: text, suggestion: text, source_link: text }))),
  note_tweet: maybe(z.object({ text, entities: maybe(entities) })),
  paid_partnership: flag,
  possibly_sensitive: flag,
  public_metrics: maybe(publicMetrics),
  non_public_metrics: metrics,
  organic_metrics: metrics,
  promoted_metrics: metrics,
  referenced_tweets: maybe(z.array(z.object({ type: z.string(), id: z.string() }))),
  reply_settings: text,
  scopes: maybe(z.object({ followers: flag })),
  source: text,
  suggested_source_links: anyArray,
  suggested_source_links_with_counts: anyArray,
  withheld: maybe(withheld),
});
