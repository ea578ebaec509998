import type { XEntry, XMedia, XPost, XUser } from './post-shape.js';
import { userId, writeText, type WrittenText } from './post-text.js';
import { between, chance, digits, mulberry32, pick, type Random } from './random.js';
import { snowflake } from './snowflake.js';
import { sources, usernames, vocabularies } from './vocabulary.js';

export interface PostGeneratorOptions {
  /** Epoch milliseconds of the next post. @default a clock of its own: 2026-01-01, 4 ms further with each post */
  now?: () => number;
}

/**
 * Makes posts as the streams carry them, the same for the same seed and clock: many scripts, emoji sequences, raw line
 * separators and HTML entities in the text, links, tags, mentions, media, reposts, quotes, replies and long posts.
 * A line with all `tweet.fields` is about 1.5 KB.
 */
export function postGenerator(seed: number, { now = slowClock() }: PostGeneratorOptions = {}): () => XEntry {
  const random = mulberry32(seed);
  let time = now();
  const nextId = snowflake(() => time);
  return () => {
    time = now();
    return writePost(random, nextId, time);
  };
}

function slowClock(): () => number {
  let time = Date.UTC(2026, 0, 1);
  return () => (time += 4);
}

function writePost(random: Random, nextId: () => string, time: number): XEntry {
  const vocabulary = pick(random, vocabularies);
  const author = writeUser(random, pick(random, usernames));
  const isLong = chance(random, 0.05);
  const written = writeText(random, vocabulary, isLong ? between(random, 45, 70) : between(random, 5, 18));
  const reference = chance(random, 0.25) ? writeReference(random, nextId, time) : undefined;
  const media = chance(random, 0.2) ? writeMedia(random) : undefined;
  const isRepost = reference?.type === 'retweeted';
  const shown = isRepost ? repostText(reference.author, reference.post) : written;
  const data: XPost = {
    ...basics(random, nextId(), author, vocabulary.lang, time),
    text: cut(shown.text),
    ...(!isRepost && { entities: written.entities }),
    ...(isLong && !isRepost && { note_tweet: { text: written.text, entities: written.entities } }),
    ...(reference && { referenced_tweets: [{ type: reference.type, id: reference.post.id }] }),
    ...(reference?.type === 'replied_to' && { in_reply_to_user_id: reference.author.id }),
    ...(media && { attachments: { media_keys: [media.media_key] } }),
  };
  const others = reference && reference.author.id !== author.id ? [reference.author] : [];
  const includes = {
    users: [author, ...others],
    tweets: reference ? [reference.post] : [],
    media: media ? [media] : [],
  };
  return { data, includes };
}

function basics(random: Random, id: string, author: XUser, lang: string, time: number): Omit<XPost, 'text'> {
  return {
    id,
    edit_history_tweet_ids: [id],
    created_at: new Date(time).toISOString(),
    author_id: author.id,
    lang,
    conversation_id: id,
    source: pick(random, sources),
    possibly_sensitive: chance(random, 0.02),
    reply_settings: 'everyone',
    display_text_range: [0, between(random, 40, 280)],
    edit_controls: {
      edits_remaining: 5,
      is_edit_eligible: true,
      editable_until: new Date(time + 3_600_000).toISOString(),
    },
    public_metrics: {
      retweet_count: between(random, 0, 900),
      reply_count: between(random, 0, 90),
      like_count: between(random, 0, 9_000),
      quote_count: between(random, 0, 40),
      bookmark_count: between(random, 0, 40),
      impression_count: between(random, 0, 100_000),
    },
    context_annotations: annotations,
  };
}

/** The same on every post: they are here for their weight. */
const annotations: NonNullable<XPost['context_annotations']> = [
  {
    domain: {
      id: '46',
      name: 'Business Taxonomy',
      description: 'Categories within Brand Verticals that narrow down the scope',
    },
    entity: { id: '1557697333571112960', name: 'Technology Business' },
  },
  {
    domain: { id: '131', name: 'Unified Twitter Taxonomy', description: 'A taxonomy of user interests.' },
    entity: { id: '848920371311001600', name: 'Technology' },
  },
  {
    domain: { id: '66', name: 'Interests and Hobbies Category', description: 'A grouping of interests' },
    entity: { id: '847868745150119936', name: 'Family & relationships' },
  },
];

interface Reference {
  readonly type: 'retweeted' | 'quoted' | 'replied_to';
  readonly post: XPost;
  readonly author: XUser;
}

function writeReference(random: Random, nextId: () => string, time: number): Reference {
  const vocabulary = pick(random, vocabularies);
  const author = writeUser(random, pick(random, usernames));
  const { text, entities } = writeText(random, vocabulary, between(random, 10, 40));
  const earlier = time - between(random, 60_000, 3_600_000);
  const post = { ...basics(random, nextId(), author, vocabulary.lang, earlier), text: cut(text), entities };
  return { type: pick(random, ['retweeted', 'quoted', 'replied_to']), post, author };
}

function repostText(author: XUser, post: XPost): WrittenText {
  return { text: cut(`RT @${author.username}: ${post.text}`, 140), entities: {} };
}

/** X cuts what is longer and ends it with an ellipsis, never inside a surrogate pair. */
function cut(text: string, limit = 280): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

function writeUser(random: Random, username: string): XUser {
  return {
    id: userId(username),
    name: username.replaceAll('_', ' '),
    username,
    created_at: '2015-03-14T09:26:53.000Z',
    verified: chance(random, 0.3),
    protected: false,
    description: 'reads and writes',
    public_metrics: { followers_count: between(random, 0, 90_000), following_count: between(random, 0, 900) },
  };
}

function writeMedia(random: Random): XMedia {
  const key = `3_${digits(random, 19)}`;
  return {
    media_key: key,
    type: pick(random, ['photo', 'video', 'animated_gif']),
    url: `https://pbs.twimg.com/media/${key}.jpg`,
    width: 1_200,
    height: 675,
    alt_text: 'a train in the rain',
  };
}
