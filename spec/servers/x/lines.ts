import type { Subscriptions } from './activity.js';
import { filteredPath, powerPath, type StreamEndpoint } from './endpoints.js';
import type { Item } from './history.js';
import type { XEntry } from './post-shape.js';
import { postLine } from './projection.js';
import type { RuleBook } from './rules.js';
import type { StreamQuery } from './stream-query.js';

/** What is the same for all streams that ask the same; made once per item. */
export type LineMemo = Map<string, string>;

/** Writes the line that a stream gets for an item, with its end; `undefined` where the item is not for that stream. */
export type WriteLine = (
  item: Item,
  stream: { readonly endpoint: StreamEndpoint; readonly query: StreamQuery },
  memo?: LineMemo,
) => string | undefined;

export function lineWriter(rules: RuleBook, subscriptions: Subscriptions): WriteLine {
  return (item, { endpoint, query }, memo) => {
    if (!isFor(item, endpoint, query)) return undefined;
    const memoKey = `${endpoint.path === powerPath || endpoint.path === filteredPath ? endpoint.path : ''}?${query.shape.key}`;
    const known = memo?.get(memoKey);
    if (known !== undefined) return known;
    const json = write(item, endpoint, query);
    const line = json === undefined ? undefined : `${json}\r\n`;
    if (line !== undefined) memo?.set(memoKey, line);
    return line;
  };

  function write(item: Item, endpoint: StreamEndpoint, { shape }: StreamQuery): string | undefined {
    if (item.channel === 'activity') return activityLine(item.event, subscriptions);
    if (item.channel !== 'post') return JSON.stringify({ data: item.data });
    if (endpoint.path === powerPath) return nativeLine(item.entry);
    const line = postLine(item.entry, shape);
    if (endpoint.path !== filteredPath) return JSON.stringify(line);
    const matching = rules.matching(item.entry);
    return matching.length === 0 ? undefined : JSON.stringify({ ...line, matching_rules: matching });
  }
}

/** From 1 to `partitions`, the same for the same key. */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0;
  for (const character of key) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return (hash % partitions) + 1;
}

function isFor(item: Item, endpoint: StreamEndpoint, { partition }: StreamQuery): boolean {
  if (item.channel !== endpoint.channel) return false;
  if (endpoint.lang !== undefined && (item.channel !== 'post' || item.entry.data.lang !== endpoint.lang)) return false;
  return partition === 0 || partitionOf(item.key, endpoint.partitions) === partition;
}

function activityLine(
  event: Extract<Item, { channel: 'activity' }>['event'],
  subscriptions: Subscriptions,
): string | undefined {
  const subscription = subscriptions.match(event);
  if (subscription === undefined) return undefined;
  const { filter, tag } = subscription;
  return JSON.stringify({ data: { ...event, filter, ...(tag !== undefined && { tag }) } });
}

/** Powerstream sends arrays of posts in the old shape, whose `id` is a number too big for JavaScript. */
function nativeLine({ data, includes }: XEntry): string {
  const author = includes.users?.find(({ id }) => id === data.author_id);
  const { id, text, lang, created_at: createdAt } = data;
  const user = { id_str: data.author_id, screen_name: author?.username, name: author?.name };
  const rest = JSON.stringify({ id_str: id, created_at: createdAt, text, lang, user });
  return `[{"id":${/^\d+$/.test(id) ? id : '0'},${rest.slice(1)}]`;
}
