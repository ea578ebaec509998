import * as z from 'zod';
import type { AbiEvent, AbiInput } from './abi.js';
import { flag, maybe, number, text, texts } from './schema-parts.js';

/** What the service keeps of a subscription. */
export interface ChainSubscription {
  /** Set by the service. */
  readonly id: number;
  /** Hash of the event's signature: `0x` and 64 hex digits. */
  readonly topic0: string;
  readonly eventSignature: AbiEvent;
  /** Contracts; empty for all of them. */
  readonly addresses: readonly string[];
  readonly startBlock: number;
  /** The last block, after which the stream is over; `undefined` for one that goes on live. */
  readonly endBlock: number | undefined;
  readonly chainId: number;
  readonly subscriberId: string;
  /** Set by the service; `undefined` before the first. */
  readonly lastProcessedBlock: number | undefined;
  readonly isStreaming: boolean;
  /** The service's word, such as `active`. */
  readonly streamingStatus: string | undefined;
  /** Opaque: where the service itself would resume. `undefined` before the first acknowledgment. */
  readonly resumeToken: string | undefined;
  readonly lastEventId: string | undefined;
  readonly eventsDelivered: number | undefined;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** ISO 8601. */
  readonly updatedAt: string | undefined;
}

/** One page of the subscriptions of a subscriber. */
export interface SubscriptionPage {
  readonly subscriptions: readonly ChainSubscription[];
  /** Of all pages; `undefined` where the service does not say. */
  readonly total: number | undefined;
  /** From 1. */
  readonly page: number;
  /** How many subscriptions a full page has. */
  readonly pageSize: number;
}

const abiInput: z.ZodType<AbiInput> = z
  .object({
    name: text,
    type: z.string(),
    indexed: flag,
    components: maybe(z.array(z.lazy(() => abiInput))),
    internalType: text,
  })
  .transform(({ name, type, indexed, components, internalType }) => ({
    ...{ name, type, indexed },
    ...(components !== undefined && { components }),
    ...(internalType !== undefined && { internalType }),
  }));

const abiEvent: z.ZodType<AbiEvent> = z
  .object({ name: z.string(), inputs: maybe(z.array(abiInput)), anonymous: flag })
  .transform(({ name, inputs = [], anonymous = false }) => ({ type: 'event', name, inputs, anonymous }));

const body = z.object({
  id: z.int(),
  topic0: z.string(),
  event_signature: abiEvent,
  addresses: texts,
  start_block: z.number(),
  end_block: number,
  chain_id: z.number(),
  subscriber_id: z.string(),
  last_processed_block: number,
  is_streaming: flag,
  streaming_status: text,
  resume_token: text,
  last_event_id: text,
  events_delivered: number,
  created_at: text,
  updated_at: text,
});

export const subscriptionSchema: z.ZodType<ChainSubscription> = body.transform((answer) => ({
  id: answer.id,
  topic0: answer.topic0,
  eventSignature: answer.event_signature,
  addresses: answer.addresses ?? [],
  startBlock: answer.start_block,
  endBlock: answer.end_block,
  chainId: answer.chain_id,
  subscriberId: answer.subscriber_id,
  lastProcessedBlock: answer.last_processed_block,
  isStreaming: answer.is_streaming ?? false,
  streamingStatus: answer.streaming_status,
  resumeToken: answer.resume_token,
  lastEventId: answer.last_event_id,
  eventsDelivered: answer.events_delivered,
  createdAt: answer.created_at,
  updatedAt: answer.updated_at,
}));

/** A page; what it leaves out of the paging is as it was asked. */
export function subscriptionPage(asked: {
  readonly page: number;
  readonly pageSize: number;
}): z.ZodType<SubscriptionPage> {
  return z
    .object({ subscriptions: z.array(subscriptionSchema), total: number, page: number, page_size: number })
    .transform(({ subscriptions, total, page = asked.page, page_size: pageSize = asked.pageSize }) => {
      return { subscriptions, total, page, pageSize };
    });
}

/** How far the service has read a chain for a subscription; `undefined` where it has not begun. */
export const lastProcessedBlock: z.ZodType<number | undefined> = z
  .object({ last_processed_block: number })
  .transform((answer) => answer.last_processed_block);
