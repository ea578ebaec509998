import type { ActivityEvent } from './activity.js';
import { between, digits, mulberry32, pick, type Random } from './random.js';
import { snowflake } from './snowflake.js';

/** Makes one kind of event after the other, the same for the same seed. */
export interface EventGenerator {
  like(): LikeEvent;
  postCompliance(): object;
  userCompliance(): object;
  likeCompliance(): object;
  label(): object;
  activity(): ActivityEvent;
}

export interface LikeEvent {
  /** A hash, not a number. */
  readonly id: string;
  readonly created_at: string;
  readonly liked_tweet_id: string;
  readonly timestamp_ms: number;
  readonly tweet_author_id: string;
}

/** What the streams other than posts carry. Seeded. */
export function eventGenerator(seed: number, now: () => number): EventGenerator {
  const random = mulberry32(seed);
  const nextId = snowflake(now);
  const time = (): string => new Date(now()).toISOString();
  return {
    like: () => ({
      id: hash(random),
      created_at: time(),
      liked_tweet_id: nextId(),
      timestamp_ms: now(),
      tweet_author_id: digits(random, 10),
    }),
    postCompliance: () => pick(random, postEvents)(random, nextId(), time()),
    userCompliance: () => pick(random, userEvents)(random, nextId(), time()),
    likeCompliance: () => ({
      delete: { favorite: { id: nextId(), user_id: digits(random, 10) }, event_at: time() },
    }),
    label: () => pick(random, labels)(random, nextId(), time()),
    activity: () => activityEvent(random, nextId(), time()),
  };
}

type Writer = (random: Random, id: string, at: string) => object;

const postEvents: readonly [Writer, ...Writer[]] = [
  (random, id, at) => ({ delete: { tweet: { id, author_id: digits(random, 10) }, event_at: at } }),
  (random, id, at) => ({ drop: { tweet: { id, author_id: digits(random, 10) }, event_at: at } }),
  (random, id, at) => ({ undrop: { tweet: { id, author_id: digits(random, 10) }, event_at: at } }),
  (random, id, at) => ({
    withheld: { tweet: { id, author_id: digits(random, 10) }, withheld_in_countries: ['DE', 'FR'], event_at: at },
  }),
  (_random, id, at) => ({
    tweet_edit: { tweet: { id }, initial_tweet_id: id, edit_tweet_ids: [id, `${BigInt(id) + 1n}`], event_at: at },
  }),
];

const userEvents: readonly [Writer, ...Writer[]] = [
  plainUserEvent('user_protect'),
  plainUserEvent('user_unprotect'),
  plainUserEvent('user_delete'),
  plainUserEvent('user_undelete'),
  plainUserEvent('user_suspend'),
  plainUserEvent('user_unsuspend'),
  (random, _id, at) => ({ user_withheld: { ...user(random), withheld_in_countries: ['DE'], event_at: at } }),
  (random, id, at) => ({ scrub_geo: { ...user(random), up_to_tweet_id: id, event_at: at } }),
  (random, _id, at) => ({
    user_profile_modification: {
      ...user(random),
      profile_field: 'description',
      new_value: 'neu \u{1f680}',
      event_at: at,
    },
  }),
];

const labels: readonly [Writer, ...Writer[]] = [
  (random, id, at) => ({
    public_tweet_notice: {
      tweet: { id, author_id: digits(random, 10) },
      event_type: 'misleading',
      application: pick(random, ['apply', 'remove']),
      event_at: at,
      details: 'Readers added context',
      label_title: 'Stay informed',
    },
  }),
  (random, id, at) => ({
    public_tweet_unviewable: { tweet: { id, author_id: digits(random, 10) }, application: 'apply', event_at: at },
  }),
];

function plainUserEvent(kind: string): Writer {
  return (random, _id, at) => ({ [kind]: { ...user(random), event_at: at } });
}

function user(random: Random): object {
  return { user: { id: digits(random, 10) } };
}

function activityEvent(random: Random, id: string, at: string): ActivityEvent {
  const userId = digits(random, 10);
  const event = pick<Pick<ActivityEvent, 'event_type' | 'payload'>>(random, [
    { event_type: 'profile.update.bio', payload: { before: 'old', after: 'new' } },
    { event_type: 'follow.follow', payload: { source: { id: userId }, target: { id: digits(random, 10) } } },
    { event_type: 'post.create', payload: { id, text: 'hello', created_at: at, author_id: userId } },
    { event_type: 'post.delete', payload: { id, author_id: userId } },
  ]);
  // X's own sample has a negative one.
  const sign = between(random, 0, 1) === 0 ? '-' : '';
  return { ...event, event_uuid: `${sign}${digits(random, 19)}`, filter: { user_id: userId } };
}

function hash(random: Random): string {
  let text = '';
  while (text.length < 32)
    text += Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text;
}
