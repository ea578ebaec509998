import { recordOf } from '../../lib/problem.js';

/**
 * When an item came to be, in milliseconds since 1970, for measuring how far a stream lags; `undefined` where the item does
 * not say. Post ids carry the millisecond (a snowflake: 22 bits to the right of it), where `created_at` carries the second:
 * the id counts as long as both agree, or where it stands alone. Compliance and labels: `event_at`. Likes: `timestamp_ms`.
 * Activities: only those that a post or a like brings with it.
 *
 * Never throws, whatever the item is.
 *
 * @example
 * import { createdAt, type PostEnvelope } from 'tailrace/sources/x';
 *
 * function lagOf(item: PostEnvelope): number {
 *   return Date.now() - (createdAt(item) ?? Date.now());
 * }
 */
export function createdAt(item: object): number | undefined {
  const members = recordOf(item);
  const data = recordOf(members?.['data']);
  if (data === undefined) return momentOf(members);
  const type = data['event_type'];
  if (typeof type === 'string') {
    // A deletion brings the post's id, and so the time of its birth.
    return /^(?:post|like)\./.test(type) && type !== 'post.delete' ? momentOf(recordOf(data['payload'])) : undefined;
  }
  return momentOf(data) ?? eventMoment(data);
}

type Members = Readonly<Record<string, unknown>>;

function momentOf(members: Members | undefined): number | undefined {
  if (members === undefined) return undefined;
  const exact = Number(members['timestamp_ms']);
  if (exact > 0 && Number.isSafeInteger(exact)) return exact;
  const said = dateOf(members['created_at']);
  const born = snowflakeTime(members['id_str'] ?? members['id']);
  if (said === undefined || born === undefined) return said ?? born;
  return born >= said && born < said + 1_000 ? born : said;
}

function eventMoment(data: Members): number | undefined {
  for (const event of Object.values(data)) {
    const at = dateOf(recordOf(event)?.['event_at']);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The first millisecond of snowflake ids. */
const snowflakeEpoch = 1_288_834_974_657;

/** Shorter ids are older than 2011, or not X's. */
function snowflakeTime(id: unknown): number | undefined {
  if (typeof id !== 'string' || !/^\d{17,19}$/.test(id)) return undefined;
  return Number(BigInt(id) >> 22n) + snowflakeEpoch;
}

function dateOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
