import * as z from 'zod';

/** A stream of a subscription. */
export interface SubscribedStream {
  /** Below the root, without a slash in front: `events/a`. */
  readonly path: string;
  /** `glob` for one that the pattern has found, `explicit` for one that was named. */
  readonly linkType: string;
  /** Everything up to here is acknowledged: the next offset to read from. */
  readonly ackedOffset: string;
}

/** A stream of a claim, as it is at that moment. */
export interface ClaimedStream extends SubscribedStream {
  readonly tailOffset: string;
  /** The tail is beyond what is acknowledged. */
  readonly hasPending: boolean;
}

/** What a server keeps of a subscription. */
export interface SubscriptionInfo {
  readonly id: string;
  readonly type: 'webhook' | 'pull-wake';
  readonly pattern: string | undefined;
  readonly streams: readonly SubscribedStream[];
  readonly wakeStream: string | undefined;
  /** In milliseconds. */
  readonly leaseTtl: number | undefined;
  /** `failed` while the deliveries of a webhook fail. */
  readonly status: string | undefined;
  readonly description: string | undefined;
  readonly webhook: WebhookTarget | undefined;
}

/** Where a subscription's webhooks go, and how they are signed. */
export interface WebhookTarget {
  readonly url: string;
  readonly signing: { readonly alg: string; readonly kid: string; readonly jwksUrl: string | undefined } | undefined;
}

/** The right to work on a subscription for one wake. */
export interface Wake {
  /** Id of the subscription. */
  readonly subscription: string;
  /** Opaque. */
  readonly wakeId: string;
  /** Goes up with every wake; an older one is fenced. */
  readonly generation: number;
  /** Proves the claim, a secret. Not enumerable, so that logs and JSON of a wake do not show it: copies of it are without. */
  readonly token: string;
  readonly streams: readonly ClaimedStream[];
}

/** A lease that a worker has claimed. */
export interface Claim extends Wake {
  readonly worker: string;
  /** Heartbeats must come more often than this, in milliseconds. */
  readonly leaseTtl: number;
}

/** The body of a webhook, to be answered with `{"done":true}` or through `callback`. */
export interface WebhookWake extends Wake {
  /** Where the server takes acknowledgments. Given for information: `callback` goes to the subscription under its own root. */
  readonly callbackUrl: string | undefined;
}

/** An Ed25519 key of RFC 8037, as far as it is read. */
export interface WebhookKey {
  readonly kty: string;
  readonly crv?: string | undefined;
  readonly kid?: string | undefined;
  readonly x?: string | undefined;
  readonly use?: string | undefined;
}

/** RFC 7517 5. */
export interface WebhookKeySet {
  readonly keys: readonly WebhookKey[];
}

const generation = z.int().nonnegative();

const subscribedStream = z
  .object({ path: z.string().min(1), link_type: z.string().default('explicit'), acked_offset: z.string().min(1) })
  .transform(({ path, link_type: linkType, acked_offset: ackedOffset }): SubscribedStream => {
    return { path, linkType, ackedOffset };
  });

const claimedStream = z
  .object({
    path: z.string().min(1),
    link_type: z.string().default('explicit'),
    acked_offset: z.string().min(1),
    tail_offset: z.string().min(1),
    has_pending: z.boolean().optional(),
  })
  .transform((stream): ClaimedStream => {
    const { path, link_type: linkType, acked_offset: ackedOffset, tail_offset: tailOffset } = stream;
    return { path, linkType, ackedOffset, tailOffset, hasPending: stream.has_pending ?? tailOffset > ackedOffset };
  });

const signing = z
  .object({ alg: z.string(), kid: z.string(), jwks_url: z.string().optional() })
  .transform(({ alg, kid, jwks_url: jwksUrl }) => ({ alg, kid, jwksUrl }));

export const subscriptionSchema: z.ZodType<SubscriptionInfo> = z
  .object({
    id: z.string(),
    type: z.enum(['webhook', 'pull-wake']),
    pattern: z.string().optional(),
    streams: z.array(subscribedStream).default([]),
    wake_stream: z.string().optional(),
    lease_ttl_ms: z.number().optional(),
    status: z.string().optional(),
    description: z.string().optional(),
    webhook: z.object({ url: z.string(), signing: signing.optional() }).optional(),
  })
  .transform((body) => {
    const { id, type, pattern, streams, wake_stream: wakeStream, lease_ttl_ms: leaseTtl, ...rest } = body;
    const { status, description, webhook } = rest;
    const target = webhook === undefined ? undefined : { url: webhook.url, signing: webhook.signing };
    return { id, type, pattern, streams, wakeStream, leaseTtl, status, description, webhook: target };
  });

const claimBody = z.object({
  wake_id: z.string().min(1),
  generation,
  token: z.string().min(1),
  streams: z.array(claimedStream),
  lease_ttl_ms: z.number().int().min(1),
});

/** The answer to a claim of this worker. */
export function claimSchema(subscription: string, worker: string): z.ZodType<Claim> {
  return claimBody.transform(({ wake_id: wakeId, token, lease_ttl_ms: leaseTtl, ...body }) =>
    withToken({ subscription, worker, wakeId, generation: body.generation, streams: body.streams, leaseTtl }, token),
  );
}

export const wakeSchema: z.ZodType<WebhookWake> = z
  .object({
    subscription_id: z.string().min(1),
    wake_id: z.string().min(1),
    generation,
    streams: z.array(claimedStream).default([]),
    callback_url: z.string().optional(),
    callback_token: z.string().min(1),
  })
  .transform(({ subscription_id: subscription, wake_id: wakeId, callback_url: callbackUrl, ...body }) =>
    withToken(
      { subscription, wakeId, generation: body.generation, streams: body.streams, callbackUrl },
      body.callback_token,
    ),
  );

/** What a request on behalf of a wake names it by, in the toolkit's names. */
export const wakeShape: z.ZodType<Pick<Wake, 'subscription' | 'wakeId' | 'generation'>> = z.object({
  subscription: z.string().min(1),
  wakeId: z.string().min(1),
  generation,
});

export const ackSchema: z.ZodType<{ readonly nextWake: boolean }> = z
  .object({ next_wake: z.boolean().default(false) })
  .transform(({ next_wake: nextWake }) => ({ nextWake }));

/** Keys of other kinds may stand beside ours. */
export const keySetSchema: z.ZodType<WebhookKeySet> = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      crv: z.string().optional(),
      kid: z.string().optional(),
      x: z.string().optional(),
      use: z.string().optional(),
    }),
  ),
});

const wakeEvent = z.object({ type: z.literal('wake'), subscription_id: z.string(), generation });

/** The generation that a message of a wake stream tells of, where it is about this subscription. */
export function wakeGeneration(message: unknown, subscription: string): number | undefined {
  const { data } = wakeEvent.safeParse(message);
  return data?.subscription_id === subscription ? data.generation : undefined;
}

function withToken<T extends object>(wake: T, token: string): T & { readonly token: string } {
  const own: T & { token?: string } = { ...wake };
  return Object.defineProperty({ ...own, token }, 'token', { enumerable: false });
}
