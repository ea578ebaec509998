import { recordOf } from '../../lib/problem.js';
import { type DedupeKind, endpointOf, type XStreamName } from './endpoints.js';
import type { XItem } from './envelopes.js';

/** Reads from an item what makes it the same as another; `undefined` where the item has no identity. */
export type KeyOf<Item> = (item: Item) => string | undefined;

const keys: Readonly<Record<DedupeKind, KeyOf<object>>> = {
  post: (item) => textOf(dataOf(item)?.['id']),
  like: (item) => textOf(dataOf(item)?.['id']),
  activity: (item) => textOf(dataOf(item)?.['event_uuid']),
  native_post: (item) => textOf(recordOf(item)?.['id_str']),
  event: (item) => eventKey(dataOf(item)),
};

/**
 * The key of a stream's items, for `dedupe`: the id of a post or a like, the `event_uuid` of an activity; for compliance and
 * labels what happened, to what, when. X repeats items after a backfill and on redundant connections.
 *
 * An item without an id has no key: it must pass. Never throws, whatever the item is.
 *
 * @example
 * import { dedupeKey } from 'tailrace/sources/x';
 *
 * const keyOf = dedupeKey('filtered');
 * console.log(keyOf({ data: { id: '1872000000000000000', text: 'hello' } }));
 */
export function dedupeKey<Name extends XStreamName>(name: Name): KeyOf<XItem<Name>>;
export function dedupeKey(name: XStreamName): KeyOf<object> {
  return keys[endpointOf(name).dedupe];
}

function dataOf(item: object): Readonly<Record<string, unknown>> | undefined {
  return recordOf(recordOf(item)?.['data']);
}

/** Members that tell apart events of one kind about one subject at one moment. */
const distinguishing = ['profile_field', 'up_to_tweet_id', 'quote_tweet_id', 'application', 'event_type'];

function eventKey(data: Readonly<Record<string, unknown>> | undefined): string | undefined {
  for (const [kind, value] of Object.entries(data ?? {})) {
    const event = recordOf(value);
    const subject = recordOf(event?.['tweet'] ?? event?.['user'] ?? event?.['favorite']);
    const id = textOf(subject?.['id']);
    if (event === undefined || id === undefined) continue;
    // Two users may take back their likes of one post in the same millisecond.
    const parts = [kind, id, subject?.['user_id'], event['event_at'], ...distinguishing.map((name) => event[name])];
    return parts.map((part) => (typeof part === 'string' ? part : '')).join(' ');
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
