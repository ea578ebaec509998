import { isRecord } from '../x/api.js';

/** What stands in a resume token. Clients must not look. */
interface TokenContent {
  readonly subscription_id: number;
  readonly place: number;
  readonly generation: number;
}

/** Its base64 always has a `+` in it, so that a client which does not encode the token for its URL is found out. */
const salt = '~~~~~';

/** `rt_` and base64: resume after this place. */
export function makeToken({ subscription_id, place, generation }: TokenContent): string {
  const text = JSON.stringify({ subscription_id, place, generation, salt });
  return `rt_${Buffer.from(text).toString('base64')}`;
}

/** The place to resume after; `undefined` for a token that is damaged, expired, or of another subscription. */
export function readToken(token: string, subscriptionId: number, generation: number): number | undefined {
  const base64 = /^rt_([A-Za-z0-9+/]+=*)$/.exec(token)?.[1];
  if (base64 === undefined) return undefined;
  const value = parse(Buffer.from(base64, 'base64').toString('utf8'));
  if (!isRecord(value) || value['subscription_id'] !== subscriptionId || value['generation'] !== generation) {
    return undefined;
  }
  return typeof value['place'] === 'number' ? value['place'] : undefined;
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
