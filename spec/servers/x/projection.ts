import type { XEntry, XIncludes, XMedia, XPost, XUser } from './post-shape.js';
import { problemType } from './problems.js';

/** What a connection asked for, by parameter. */
export interface Shape {
  readonly tweet: ReadonlySet<string>;
  readonly user: ReadonlySet<string>;
  readonly media: ReadonlySet<string>;
  readonly like: ReadonlySet<string>;
  readonly expansions: ReadonlySet<string>;
  /** Equal for equal shapes: one line is made for all connections that want the same. */
  readonly key: string;
}

/** The line of a post: what was asked for and the default fields, `includes` where expansions found something. */
export function postLine(entry: XEntry, shape: Shape): Record<string, unknown> {
  const includes = expand(entry, shape);
  const errors = missingReferences(entry, shape);
  return {
    data: shapePost(entry.data, shape),
    ...(Object.keys(includes).length > 0 && { includes }),
    ...(errors.length > 0 && { errors }),
  };
}

/** Keeps the members that were asked for. */
export function only(value: object, defaults: readonly string[], asked: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => defaults.includes(name) || asked.has(name)));
}

function shapePost(post: XPost, { tweet, expansions }: Shape): Record<string, unknown> {
  // X adds the field that an expansion starts from, asked for or not.
  const implied = ['author_id', 'in_reply_to_user_id'].filter((name) => expansions.has(name));
  if (expansions.has('attachments.media_keys')) implied.push('attachments');
  if (wantsReferences(expansions)) implied.push('referenced_tweets');
  if (expansions.has('entities.mentions.username')) implied.push('entities');
  return only(post, ['id', 'text', 'edit_history_tweet_ids', ...implied], tweet);
}

function expand(entry: XEntry, shape: Shape): Record<string, unknown> {
  const users = expandedUsers(entry, shape.expansions).map((user) => shapeUser(user, shape));
  const tweets = wantsReferences(shape.expansions) ? (entry.includes.tweets ?? []) : [];
  const media = shape.expansions.has('attachments.media_keys') ? (entry.includes.media ?? []) : [];
  return {
    ...(users.length > 0 && { users }),
    ...(tweets.length > 0 && { tweets: tweets.map((tweet) => shapePost(tweet, shape)) }),
    ...(media.length > 0 && { media: media.map((one) => shapeMedia(one, shape)) }),
  };
}

function expandedUsers({ data, includes }: XEntry, expansions: ReadonlySet<string>): readonly XUser[] {
  const ids = new Set<string | undefined>();
  if (expansions.has('author_id')) ids.add(data.author_id);
  if (expansions.has('in_reply_to_user_id')) ids.add(data.in_reply_to_user_id);
  if (expansions.has('entities.mentions.username')) for (const one of data.entities?.mentions ?? []) ids.add(one.id);
  if (expansions.has('referenced_tweets.id.author_id')) for (const one of tweetsOf(includes)) ids.add(one.author_id);
  return (includes.users ?? []).filter((user) => ids.has(user.id));
}

function tweetsOf(includes: XIncludes): readonly XPost[] {
  return includes.tweets ?? [];
}

function wantsReferences(expansions: ReadonlySet<string>): boolean {
  return expansions.has('referenced_tweets.id') || expansions.has('referenced_tweets.id.author_id');
}

function shapeUser(user: XUser, { user: asked }: Shape): Record<string, unknown> {
  return only(user, ['id', 'name', 'username'], asked);
}

function shapeMedia(media: XMedia, { media: asked }: Shape): Record<string, unknown> {
  return only(media, ['media_key', 'type'], asked);
}

/** A referenced post that is gone is reported beside `data`, as a partial error. */
function missingReferences({ data, includes }: XEntry, { expansions }: Shape): readonly object[] {
  if (!wantsReferences(expansions)) return [];
  const known = new Set(tweetsOf(includes).map((tweet) => tweet.id));
  const missing = (data.referenced_tweets ?? []).filter(({ id }) => !known.has(id));
  return missing.map(({ id }) => ({
    value: id,
    detail: `Could not find tweet with referenced_tweets.id: [${id}].`,
    title: 'Not Found Error',
    resource_type: 'tweet',
    parameter: 'referenced_tweets.id',
    resource_id: id,
    type: problemType('resource-not-found'),
  }));
}
