export {
  type AsyncIterableOptions,
  type BufferedOptions,
  type EachOptions,
  type LossyOptions,
  toAsyncIterable,
} from './async-iterable.js';
export { backoffDelay, type BackoffSchedule, type Jitter, jitteredDelay } from './backoff.js';
export {
  type CircuitBreaker,
  circuitBreaker,
  type CircuitBreakerOptions,
  type CircuitPermit,
  type CircuitState,
} from './circuit-breaker.js';
export {
  checkCheckpointKey,
  checkCheckpointPosition,
  type CheckpointErrorCode,
  checkpointError,
  type CheckpointStore,
  memoryCheckpoint,
} from './checkpoint.js';
export { type ClassifyContext, classifyError, isAbortError } from './classify.js';
export { classifyAnswer, type FailedAnswer } from './classify-status.js';
export type { RetryConfig, StreamConfig } from './config.js';
export {
  type Decoded,
  type DecodeOptions,
  decodeWith,
  type JsonProblem,
  type Malformed,
  malformed,
  type MalformedDetails,
  type ParsedJson,
  parseJson,
  type ParseJsonOptions,
} from './decode.js';
export {
  createDelivery,
  type Delivery,
  type DeliveryParts,
  deriveDelivery,
  isDelivery,
  type Outcome,
  type PositionSource,
  type SettledDelivery,
  type Settler,
} from './delivery.js';
export type { FullPolicy } from './delivery-queue.js';
export {
  isStreamError,
  StreamError,
  type StreamErrorCode,
  type StreamErrorDetails,
  StreamErrorType,
} from './errors.js';
export type { HandlerResult } from './handler-result.js';
export type { DeliveryHandler } from './handler-run.js';
export { byteStream, exchange, type StreamResponse } from './http.js';
export { jsonArray, type JsonArrayOptions, type JsonArrayReader, jsonArrayReader } from './json-array.js';
export { jsonCall, type JsonCallOptions, type JsonRequest } from './json-call.js';
export { kyTransport, type KyTransportOptions } from './ky-transport.js';
export type { LifecycleCallbacks } from './lifecycle.js';
export type { LineProblem } from './line-reader.js';
export { lines, type LinesOptions } from './lines.js';
export type { MalformedOptions } from './malformed-policy.js';
export { partialJson, type PartialJson, type PartialJsonOptions } from './partial-json.js';
export type { PartialJsonProblem } from './partial-json-reader.js';
export { type Problem, readProblem } from './problem.js';
export { type ReadGate, readGate } from './read-gate.js';
export { type ReadableStreamOptions, toReadableStream } from './readable-stream.js';
export type { Lazy, RequestValues, StreamRequest } from './request.js';
export { type HeaderReader, readRetryAfter, type RetryAfterOptions } from './retry-after.js';
export { type BudgetPlace, type RetryBudget, retryBudget, type RetryBudgetOptions } from './retry-budget.js';
export { type Schema, type SchemaIssue, type SchemaResult, validate, type Validated } from './schema.js';
export { sse, type SseFrame, type SseOptions } from './sse.js';
export type { SseEvent, SseHandlers } from './sse-block.js';
export { createSseParser, type SseParser, type SseParserOptions } from './sse-parser.js';
export {
  childMonitor,
  createMonitor,
  type MonitorOptions,
  type StreamEvent,
  type StreamMonitor,
  type StreamPhase,
  type StreamReporter,
  type StreamState,
  type StreamWarning,
} from './state.js';
export {
  type ByteReader,
  fetchTransport,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.js';
