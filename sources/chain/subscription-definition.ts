import {
  checkOptions,
  flag,
  integer,
  type OptionRule,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';
import type { AbiEvent, AbiInput } from './abi.js';
import { checkTopic, eventTopic } from './event-topic.js';

/** The event to look for. As JSON ABIs have it; what Solidity lets one leave out may be left out. */
export interface SubscribedEvent {
  readonly type: 'event';
  readonly name: string;
  /** @default [] */
  readonly inputs?: readonly AbiInput[] | undefined;
  /** @default false */
  readonly anonymous?: boolean | undefined;
}

/** What is to be read from a chain. */
export interface SubscriptionCreate {
  /** Hash of the event's signature, `0x` and 64 hex digits. @default eventTopic(eventSignature) */
  readonly topic0?: string | undefined;
  readonly eventSignature: SubscribedEvent;
  /** Contracts, 42 characters each; none for all of them. @default [] */
  readonly addresses?: readonly string[] | undefined;
  readonly startBlock: number;
  /** The last block, after which the stream is over; `null` to go on live. @default null */
  readonly endBlock?: number | null | undefined;
  readonly chainId: number;
  /** Always sent as the client's own, whatever stands here. */
  readonly subscriberId?: string | undefined;
}

/** What is to change; what is left out stays. */
export interface SubscriptionUpdate {
  /** Where the event changes this must change with it. */
  readonly topic0?: string | undefined;
  readonly eventSignature?: SubscribedEvent | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly startBlock?: number | undefined;
  /** `null` to go on live. */
  readonly endBlock?: number | null | undefined;
  readonly chainId?: number | undefined;
  /** Hands the subscription to another subscriber. */
  readonly subscriberId?: string | undefined;
  readonly isStreaming?: boolean | undefined;
  /** The service's word, such as `active`. */
  readonly streamingStatus?: string | undefined;
}

const topic: OptionRule = {
  expected: '0x and 64 hex digits (66 characters)',
  test: (value) => typeof value === 'string' && /^0x[0-9a-fA-F]{64}$/.test(value),
};

const event: OptionRule = {
  expected: 'an event of an ABI: an object with type "event", a name and a list of inputs',
  test: (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const { type, name, inputs = [] }: { type?: unknown; name?: unknown; inputs?: unknown } = value;
    return type === 'event' && text.test(name) && Array.isArray(inputs);
  },
};

const addresses: OptionRule = {
  expected: 'a list of addresses: 0x and 40 hex digits (42 characters) each',
  test: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string' && /^0x[0-9a-fA-F]{40}$/.test(one)),
};

const block = integer(0);

const endBlock: OptionRule = {
  expected: `${block.expected}, or null`,
  test: (value) => value === null || block.test(value),
};

const createRules: OptionRules<SubscriptionCreate> = {
  topic0: topic,
  eventSignature: event,
  addresses,
  startBlock: block,
  endBlock,
  chainId: integer(1),
  subscriberId: text,
};

const updateRules: OptionRules<SubscriptionUpdate> = { ...createRules, isStreaming: flag, streamingStatus: text };

/**
 * A definition in the wire's names. Errors: a `TypeError` that names the option and what it must be, also for a `topic0` that is not the
 * hash of the event; `AbiParsingError` for an event that cannot be.
 */
export function createBody(definition: SubscriptionCreate, subscriberId: string): Readonly<Record<string, unknown>> {
  const where = 'createSubscription';
  checkOptions(where, createRules, definition);
  for (const key of ['eventSignature', 'startBlock', 'chainId'] as const) requireOption(where, key, definition[key]);
  checkBlocks(where, definition);
  const topic0 = topicOf(where, definition);
  const { addresses: contracts = [], startBlock, endBlock: last = null, chainId } = definition;
  return {
    ...{ topic0, event_signature: wholeEvent(definition.eventSignature), addresses: contracts },
    ...{ start_block: startBlock, end_block: last, chain_id: chainId, subscriber_id: subscriberId },
  };
}

/** The same for a change: only what is set. */
export function updateBody(update: SubscriptionUpdate): Readonly<Record<string, unknown>> {
  const where = 'updateSubscription';
  checkOptions(where, updateRules, update);
  checkBlocks(where, update);
  const { eventSignature, topic0 } = update;
  if (topic0 !== undefined && eventSignature !== undefined) checkTopic(wholeEvent(eventSignature), topic0);
  // What is `undefined` is no member of JSON.
  return {
    topic0: topic0?.toLowerCase(),
    event_signature: eventSignature === undefined ? undefined : wholeEvent(eventSignature),
    addresses: update.addresses,
    start_block: update.startBlock,
    end_block: update.endBlock,
    chain_id: update.chainId,
    subscriber_id: update.subscriberId,
    is_streaming: update.isStreaming,
    streaming_status: update.streamingStatus,
  };
}

type Blocks = Pick<SubscriptionUpdate, 'startBlock' | 'endBlock'>;

function checkBlocks(where: string, { startBlock, endBlock: last }: Blocks): void {
  if (startBlock === undefined || last === undefined || last === null || last >= startBlock) return;
  throw new TypeError(`${where}: option "endBlock" must be ${startBlock} or more (option "startBlock"), got ${last}`);
}

/** In small letters, as logs have it. */
function topicOf(
  where: string,
  { topic0, eventSignature }: Pick<SubscriptionCreate, 'topic0' | 'eventSignature'>,
): string {
  const whole = wholeEvent(eventSignature);
  // Its logs do not begin with its hash, so a subscription to the hash would wait for ever.
  if (whole.anonymous) requireOption(where, 'topic0', topic0);
  if (topic0 === undefined) return eventTopic(whole);
  checkTopic(whole, topic0);
  return topic0.toLowerCase();
}

function wholeEvent({ name, inputs = [], anonymous = false }: SubscribedEvent): AbiEvent {
  return { type: 'event', name, inputs, anonymous };
}
