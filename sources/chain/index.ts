export type { AbiEventOf, EventArgsOf, EventNameOf } from './abi-values.js';
export type { AbiEvent, AbiInput, AbiSource } from './abi.js';
export { allEvents, type AllEvents, eachEvent, type EachEvent } from './all-events.js';
export type { ChainSubject } from './answers.js';
export type { BatchView, Viewed } from './batch-views.js';
export type {
  CircuitBreakerConfig,
  CircuitBreakerMetrics,
  CircuitBreakerReset,
  CircuitBreakersHealth,
  CircuitBreakersStatus,
  CircuitBreakerStatus,
  RpcClients,
  RpcClientStatus,
} from './breaker-schemas.js';
export { byEvent } from './by-event.js';
export type { ChainConfigRequest, EndpointChainConfig, RpcChainConfig } from './chain-definition.js';
export type { ChainConfig, ChainRefresh, ChainStats } from './chain-schemas.js';
export { chainStream, type ChainStream, type ChainStreamViews } from './chain-stream.js';
export {
  createChain,
  deleteChain,
  getAllChains,
  getChain,
  getChainStats,
  refreshChains,
  updateChain,
} from './chains.js';
export { checksumAddress } from './checksum-address.js';
export {
  circuitBreakers$,
  getCircuitBreakerConfig,
  getCircuitBreakerHealth,
  getCircuitBreakerMetrics,
  getCircuitBreakerStatus,
  resetAllCircuitBreakers,
  resetCircuitBreaker,
} from './circuit-breakers.js';
export type { ClientMetadata } from './client-metadata.js';
export {
  type ArgsOfEvent,
  compileEvent,
  type CompiledEvent,
  type CompileOptions,
  type DecodedArgs,
  decodeEvent,
  type EventDefinition,
  type EventLog,
} from './decode-event.js';
export {
  AbiDecodingError,
  AbiParsingError,
  type ChainErrorCode,
  type ChainErrorDetails,
  type ChainNoticeCode,
  EventStreamerAuthError,
  EventStreamerConnectionError,
  EventStreamerError,
  EventStreamerSubscriptionError,
  EventStreamerTimeoutError,
  EventStreamerValidationError,
} from './errors.js';
export {
  type DecodedEvent,
  eventDecoder,
  type EventDecoder,
  type KnownLog,
  type UndecodableLog,
  type UnknownLog,
} from './event-decoder.js';
export { eventStreamer, type EventStreamer } from './event-streamer.js';
export { eventSignature, eventTopic } from './event-topic.js';
export { type AbiEventsOptions, extractAbiEvent, extractAbiEvents } from './extract-abi.js';
export { getHealth, healthCheck, type ServiceHealth } from './health.js';
export type {
  ChainEvent,
  ChainMessage,
  EventArgs,
  EventBatch,
  EventMeta,
  EventsByName,
  FlatMeta,
  ReceivedBatch,
  StreamingError,
  StreamingHeartbeat,
  UnknownChainMessage,
} from './messages.js';
export type { ChainNotice } from './notices.js';
export {
  type EventKeyOf,
  type EventsOf,
  type NamedEventOptions,
  type NameOfKey,
  ofEvent,
  type OfEventOptions,
} from './of-event.js';
export { type ChainOpenOptions, openChain } from './open-chain.js';
export {
  type AbiConstructor,
  type AbiErrorDefinition,
  type AbiFallback,
  type AbiFunction,
  type ContractAbi,
  parseContractAbi,
} from './parse-contract-abi.js';
export type { ChainErrorPolicy, ChainErrorRule } from './policy.js';
export type { PollOptions } from './poll.js';
export { processingStatus$ } from './processing-status.js';
export { readChainMessage } from './read-message.js';
export type { ChainCall, ChainService, ChainStreamRequest, EventStreamerOptions } from './service.js';
export type {
  BatchAcknowledgment,
  BulkAcknowledgment,
  ClientHeartbeat,
  ProcessingStatus,
} from './stream-call-schemas.js';
export {
  acknowledgeBatch,
  acknowledgeBatches,
  type BatchesOfConnection,
  type BatchOfConnection,
  checkProcessingStatus,
  type HeartbeatOfConnection,
  sendHeartbeat,
  type StreamConnection,
} from './stream-calls.js';
export type { StreamControls } from './stream-controls.js';
export type { ChainStreamOptions } from './stream-options.js';
export { type ChainCreditOptions, type ChainDeliveryOptions, chainEvents, chainMessages } from './streams.js';
export type { SubscribedEvent, SubscriptionCreate, SubscriptionUpdate } from './subscription-definition.js';
export type { ChainSubscription, SubscriptionPage } from './subscription-schemas.js';
export {
  createSubscription,
  deleteSubscription,
  getSubscription,
  getSubscriptionLastProcessedBlock,
  listAllSubscriptions,
  listSubscriptions,
  type ListSubscriptionsOptions,
  updateSubscription,
} from './subscriptions.js';
export { type SupportedChain, supportedChains } from './supported-chains.js';
