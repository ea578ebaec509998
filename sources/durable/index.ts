export { type AppendDetails, appendDurable, type AppendOptions, type AppendResult } from './append.js';
export type { AppendStreamResult } from './append-stream.js';
export { type AppendOutcome, type AppendTarget, appendTo, type AppendToOptions } from './append-to.js';
export type { AppendLimits } from './append-waiting.js';
export type { DurableEvent } from './batch-shapes.js';
export { type CloseDetails, closeDurable, type CloseOptions, type CloseResult } from './close.js';
export { createDurable, type CreateDetails, type CreateOptions, type CreateResult } from './create.js';
export { deleteDurable, type DeleteResult } from './delete.js';
export type { DurableCredit, DurableDeliveryOptions, DurableViewOptions } from './deliveries.js';
export type { DurableStreamOptions, HandleDetails } from './durable-handle.js';
export {
  type CallOptions,
  type ConnectStreamOptions,
  type CreateStreamOptions,
  DurableStream,
  type HandleAppendOptions,
} from './durable-stream.js';
export {
  type DurableErrorCode,
  type DurableErrorDetails,
  DurableStreamError,
  FetchError,
  RetentionGoneError,
  SeqConflictError,
  SequenceGapError,
  StaleEpochError,
  StreamClosedError,
  StreamConsumedError,
  StreamNotFoundError,
} from './errors.js';
export { type ForkDetails, forkDurable, type ForkOptions } from './fork.js';
export { headDurable, type HeadResult, type StreamHead } from './head.js';
export { IdempotentProducer, type ProducerCloseOptions, type ProducerState } from './idempotent-producer.js';
export type { DurableItemChecks } from './item-check.js';
export type { DurableItems, DurableMessage } from './message-shape.js';
export { openDurable, type OpenDurableOptions } from './open-durable.js';
export type { DurableOptions, ErrorHandler, ErrorRecovery } from './options.js';
export type { BytesPart, DurablePart, DurablePlace, ItemsPart, OpenPart, PositionPart } from './parts.js';
export type { ProducerResult } from './producer-batch.js';
export type { ProducerOptions, ProducerStream, ProducerTarget } from './producer-options.js';
export { pullWake, type PullWakeOptions } from './pull-wake.js';
export type { PullWakeItem } from './pull-wake-ledger.js';
export { readAll, type ReadAll, type ReadAllOptions } from './read-all.js';
export type { DurableMode, DurableReadOptions, LiveMode } from './read-options.js';
export type { ReadView } from './read-view.js';
export { stream, type StreamOptions } from './stream.js';
export type { EventOptions, StreamResponse } from './stream-response.js';
export {
  durableBatches,
  type DurableBytesOptions,
  durableEvents,
  type DurableJsonOptions,
  durableMessages,
  durableStream,
  type DurableTextOptions,
  type NoCredit,
} from './streams.js';
export type { PullWakeDefinition, SubscriptionDefinition, WebhookDefinition } from './subscription-definition.js';
export type {
  Claim,
  ClaimedStream,
  SubscribedStream,
  SubscriptionInfo,
  Wake,
  WebhookKey,
  WebhookKeySet,
  WebhookTarget,
  WebhookWake,
} from './subscription-schemas.js';
export {
  type AckOptions,
  type AckResult,
  durableSubscriptions,
  type DurableSubscriptions,
  type StreamAck,
  type SubscriptionsOptions,
} from './subscriptions.js';
export {
  type VerifiedWebhook,
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookFault,
  WebhookInvalidError,
  type WebhookKeySource,
  webhookWake,
} from './verify-webhook.js';
export { webhookKeys, type WebhookKeysOptions } from './webhook-keys.js';
export type { WithUrl } from './with-url.js';
