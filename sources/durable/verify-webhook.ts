import { parseJson } from '../../lib/decode.js';
import {
  callback,
  checkOption,
  checkOptions,
  duration,
  instance,
  type OptionRule,
  type OptionRules,
  requireOption,
} from '../../lib/check-options.js';
import { validate } from '../../lib/schema.js';
import { DurableStreamError } from './errors.js';
import { type WebhookKeySet, type WebhookWake, wakeSchema } from './subscription-schemas.js';
import { isSignedBy, readSignature, signingKey } from './webhook-signature.js';

/** Gives the keys; `kid` is the one that is looked for, so that a cache can tell an old set from a new key. */
export type WebhookKeySource = (kid: string) => WebhookKeySet | Promise<WebhookKeySet>;

/** A request that says it is a webhook. */
export interface VerifyWebhookOptions {
  /** The raw body, before any parsing: a text or JSON made anew is not what was signed. Bytes are best, a text counts as its UTF-8. */
  body: Uint8Array | string;
  /** The value of the header `Webhook-Signature`; a missing one is invalid. */
  signature: string | null | undefined;
  /** The server's keys, or what gives them: see `webhookKeys`. */
  keys: WebhookKeySet | WebhookKeySource;
  /** How far the timestamp may be from now, before or after, in milliseconds. @default 300_000 */
  tolerance?: number | undefined;
  /** Milliseconds since 1970, for tests. @default Date.now */
  now?: (() => number) | undefined;
}

/** What is certain of a webhook. */
export interface VerifiedWebhook {
  /** When it was signed, in milliseconds since 1970. */
  readonly timestamp: number;
  /** The key that signed it. */
  readonly kid: string;
  /** The body as JSON; unchecked. See {@link webhookWake}. */
  readonly payload: unknown;
}

/** Why a webhook is not genuine. */
export type WebhookFault = 'format' | 'too_old' | 'too_new' | 'unknown_key' | 'bad_signature' | 'not_json';

/** A request that is no genuine webhook: answer it with 401 and nothing more. */
export class WebhookInvalidError extends DurableStreamError {
  override readonly name: string = 'WebhookInvalidError';
  /** For the receiver's own log and counters; the sender must not learn it. */
  readonly fault: WebhookFault;

  constructor(fault: WebhookFault) {
    super(`the webhook is not valid: ${words[fault]}`, { errorType: 'client_error', code: 'webhook_invalid' });
    this.fault = fault;
  }
}

const words: Readonly<Record<WebhookFault, string>> = {
  format: 'its Webhook-Signature header is missing, or is none',
  too_old: 'its timestamp is too old',
  too_new: 'its timestamp lies in the future',
  unknown_key: 'it names a key that the server does not have',
  bad_signature: 'its signature does not match',
  not_json: 'its body is signed but is not JSON',
};

const keySet: OptionRule = {
  expected: 'a key set, { keys: [...] }',
  test: (value) =>
    typeof value === 'object' &&
    value !== null &&
    'keys' in value &&
    Array.isArray(value.keys) &&
    value.keys.every((key) => instance.test(key)),
};

const rules: OptionRules<VerifyWebhookOptions> = {
  body: {
    expected: 'the raw body as a Uint8Array or a text, not a parsed value',
    test: (value) => typeof value === 'string' || isBytes(value),
  },
  // Whatever it is: it comes from the other side.
  signature: { expected: 'a header value', test: () => true },
  keys: {
    expected: `${keySet.expected}, or a function that gives one; for a URL use webhookKeys(url)`,
    test: (value) => callback.test(value) || keySet.test(value),
  },
  tolerance: duration(),
  now: callback,
};

/**
 * Makes sure that a webhook comes from the server, is what the server sent, and is not an old one sent again: Ed25519 over
 * `t + "." + raw body` (draft 1.0, subscriptions), and a timestamp within `tolerance`.
 *
 * The same webhook is valid again and again until it is too old: servers repeat what was not answered, so remember `wakeId` where a second time
 * does harm. Nothing is parsed before the signature is right, and keys are asked for only where header and timestamp are in order.
 *
 * Errors: rejects with {@link WebhookInvalidError}, `client_error` with code `webhook_invalid`; its message tells nothing of body, key or
 * signature. What a function of `keys` rejects with passes, and a `TypeError` where it gives no key set: answer those with 5xx, and the server
 * tries again. A `TypeError` at once for options that cannot be.
 *
 * @example
 * import { verifyWebhook, webhookKeys, webhookWake } from 'tailrace/sources/durable';
 *
 * const keys = webhookKeys('https://streams.example.com/v1/stream/__ds/jwks.json');
 *
 * export async function receive(request: Request): Promise<Response> {
 *   const body = new Uint8Array(await request.arrayBuffer());
 *   const signature = request.headers.get('webhook-signature');
 *   const { payload } = await verifyWebhook({ body, signature, keys });
 *   for (const { path, ackedOffset } of webhookWake(payload).streams) console.log(path, ackedOffset);
 *   return Response.json({ done: true });
 * }
 */
export function verifyWebhook(options: VerifyWebhookOptions): Promise<VerifiedWebhook> {
  checkOption('verifyWebhook: options', instance, options ?? null);
  checkOptions('verifyWebhook', rules, options);
  requireOption('verifyWebhook', 'body', options.body);
  requireOption('verifyWebhook', 'keys', options.keys);
  return verified(options);
}

async function verified(options: VerifyWebhookOptions): Promise<VerifiedWebhook> {
  const { body, keys, tolerance = 300_000, now = Date.now } = options;
  const parts = readSignature(options.signature);
  if (parts === undefined) throw new WebhookInvalidError('format');
  const timestamp = Number(parts.timestamp) * 1_000;
  const age = now() - timestamp;
  // Not `age > tolerance`: a clock that gives NaN must not let everything pass.
  if (!(age <= tolerance)) throw new WebhookInvalidError('too_old');
  if (!(age >= -tolerance)) throw new WebhookInvalidError('too_new');
  const set = typeof keys === 'function' ? await keys(parts.kid) : keys;
  checkOption('verifyWebhook: what the function of option "keys" gives', keySet, set ?? null);
  const key = signingKey(set.keys, parts.kid);
  if (key === undefined) throw new WebhookInvalidError('unknown_key');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  if (!(await isSignedBy(key, parts, bytes))) throw new WebhookInvalidError('bad_signature');
  const parsed = parseJson(typeof body === 'string' ? body : new TextDecoder().decode(body));
  if (!parsed.ok) throw new WebhookInvalidError('not_json');
  return { timestamp, kid: parts.kid, payload: parsed.value };
}

/** Also those of another realm. The elements of other views are not bytes: what is made of them is not what was signed. */
function isBytes(value: unknown): boolean {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/**
 * The wake that a verified webhook tells of, under the toolkit's names; its token, for `callback`, is not enumerable.
 *
 * Errors: throws `fatal_error` with `parse_error` for what is none.
 */
export function webhookWake(payload: unknown): WebhookWake {
  const checked = validate(wakeSchema, payload);
  if (checked.ok) return checked.value;
  const message = `the webhook is not what it should be: ${checked.message}`;
  throw new DurableStreamError(message, { errorType: 'fatal_error', code: 'parse_error' });
}
