import { map } from 'rxjs';
import { callback, checkOptions, duration, type OptionRules } from '../../lib/check-options.js';
import { abortable, abortListeners } from './abortable.js';
import { type CheckedDurable, checkDurable, type DurableOptions, durableRules } from './options.js';
import { jsonOf, subscriptionCall } from './subscription-call.js';
import { keySetSchema, type WebhookKeySet } from './subscription-schemas.js';
import { signingKey } from './webhook-signature.js';

/** How keys are fetched, and how long they are good. */
export interface WebhookKeysOptions extends DurableOptions {
  /** Keys older than this are fetched anew: one that the server has taken back is forgotten then. In milliseconds. @default 3_600_000 */
  maxAge?: number | undefined;
  /** The least time between two fetches for a key that is not known, in milliseconds. @default 60_000 */
  minInterval?: number | undefined;
  /** Milliseconds, for tests. @default performance.now */
  now?: (() => number) | undefined;
}

const rules: OptionRules<WebhookKeysOptions> = {
  ...durableRules,
  maxAge: duration(1),
  minInterval: duration(1),
  now: callback,
};

/** A receiver that holds its webhook longer is tried again by the server anyway. */
const fewRetries = 2;

/**
 * The keys of a server, for the option `keys` of `verifyWebhook`: fetched at the first webhook and kept. An unknown key is looked for in a fresh
 * set, once a minute at most: a stranger who makes up names of keys must not make requests. Calls at the same time share one fetch.
 *
 * Errors: rejects with those of a request, and with `parse_error`; nothing of a failure is kept but its time, and keys that are still good stay in
 * use. Retries end after 2 where `maxRetries` says nothing else. A `TypeError` at once for options that cannot be.
 */
export function webhookKeys(
  url: string | URL,
  options: WebhookKeysOptions = {},
): (kid?: string) => Promise<WebhookKeySet> {
  checkOptions('webhookKeys', rules, options);
  const { maxAge = 3_600_000, minInterval = 60_000, now = () => performance.now() } = options;
  const checked = checkDurable('webhookKeys', url, { ...options, maxRetries: options.maxRetries ?? fewRetries });
  let known: { readonly set: WebhookKeySet; readonly at: number } | undefined;
  let asked = -Infinity;
  let pending: Promise<WebhookKeySet> | undefined;

  const fetchSet = (): Promise<WebhookKeySet> => {
    asked = now();
    pending ??= fetchKeys(checked)
      .then((set) => {
        known = { set, at: now() };
        return set;
      })
      .finally(() => (pending = undefined));
    return pending;
  };
  return async (kid) => {
    if (known === undefined || now() - known.at >= maxAge) return fetchSet();
    const isKnown = kid === undefined || signingKey(known.set.keys, kid) !== undefined;
    if (isKnown || now() - asked < minInterval) return known.set;
    return fetchSet();
  };
}

function fetchKeys(checked: CheckedDurable): Promise<WebhookKeySet> {
  const call = { method: 'GET', read: jsonOf(keySetSchema) } as const;
  return abortable(subscriptionCall(checked, call).pipe(map(({ value }) => value)), undefined, abortListeners());
}
