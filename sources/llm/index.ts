export type { AnthropicBlock, AnthropicDelta } from './anthropic-blocks.js';
export type {
  AnthropicErrorBody,
  AnthropicEvent,
  AnthropicMessageEnd,
  AnthropicMessageHead,
  AnthropicUsage,
} from './anthropic-events.js';
export { anthropicFormat } from './anthropic-parts.js';
export { type Calculated, calculate } from './arithmetic.js';
export { assemble, finalMessage, finalText, snapshots, textDeltas } from './assemble.js';
export { type StreamAssembler, streamAssembler, type StreamAssemblerOptions } from './assembler.js';
export { type CalculatorInput, calculatorTool } from './calculator.js';
export type { ChatChoice, ChatChunk, ChatDelta, ChatEvent } from './chat-events.js';
export { chatFormat, type ChatFormatOptions } from './chat-parts.js';
export type { LlmClockOptions } from './clocks.js';
export { type LlmBill, type LlmCost, type LlmPrices, withCost, type WithCostOptions } from './cost.js';
export type { LlmKey } from './credentials.js';
export type { ChatDialect, ChatDialectOptions, Dialect, ErrorShape, InlineTags, UsagePlace } from './dialects.js';
export { LlmError, type LlmErrorCode, type LlmErrorDetails, TruncatedStreamError } from './errors.js';
export { executeTools, type ExecuteToolsOptions } from './execute-tools.js';
export { nonStreamingFallback, type NonStreamingOptions } from './fallback.js';
export type { LlmKeepingOptions } from './keeping-options.js';
export type { LlmCallOptions } from './llm-options.js';
export { isLlmError } from './llm-failure.js';
export { llmParts } from './llm-parts.js';
export type { OnInterrupted } from './llm-run.js';
export type { AssembledBlock, AssembledMessage } from './message.js';
export { modelFallback, type ModelFallbackOptions } from './model-fallback.js';
export { nextAnthropicBody, nextChatBody, nextResponsesBody, type NextResponsesOptions } from './next-body.js';
export { openAnthropicMessages } from './open-anthropic.js';
export { openOpenAIChat } from './open-chat.js';
export { openOpenAIResponses } from './open-responses.js';
export type { LlmPart } from './parts.js';
export { fromNDJSON, fromSSE, type RelayReaderOptions } from './relay-reader.js';
export { toNDJSON, toSSE } from './relay.js';
export type { AnthropicBody, AnthropicOptions } from './request-anthropic.js';
export type { ChatBody, OpenAIOptions, ResponsesBody } from './request-openai.js';
export type { ResponseObject, ResponsesEvent } from './responses-events.js';
export type { ResponsesPosition } from './responses-head.js';
export {
  type ResponsesFormat,
  responsesFormat,
  type ResponsesFormatOptions,
  type ResponsesReader,
} from './responses-parts.js';
export { runTools, type RunToolsOptions } from './run-tools.js';
export type { UnknownEvent } from './shapes.js';
export { smooth, type SmoothOptions } from './smooth.js';
export {
  anthropicMessages,
  type AnthropicStreamOptions,
  type ChatStreamOptions,
  openaiChat,
  openaiResponses,
  type ResponsesStreamOptions,
} from './streams.js';
export type { SmoothUnit } from './text-cutter.js';
export { toAssistantMessage } from './to-assistant-message.js';
export { toolAnswer, type ToolAnswer, type ToolAnswerOptions } from './tool-answer.js';
export { toolDefinitions } from './tool-definitions.js';
export { type LiveToolInput, toolInputs } from './tool-inputs.js';
export type { LargeResultHandler, LargeResultOptions } from './tool-limit.js';
export {
  type LlmLoopPart,
  type LlmPastTurn,
  type LlmTurn,
  type LlmTurnPart,
  toolLoop,
  type ToolLoopOptions,
  type ToolTurnsOptions,
} from './tool-loop.js';
export {
  anthropicToolLoop,
  openaiChatToolLoop,
  openaiResponsesToolLoop,
  type ResponsesToolLoopOptions,
} from './tool-loops.js';
export { type ToolResult, toToolResults } from './tool-results.js';
export type { ToolErrorHandler, ToolRunOptions } from './tool-run.js';
export { defineTool, type LlmToolResultPart, type Tool, type ToolContext } from './tools.js';
export { usage$ } from './usage.js';
export type { LlmClock, LlmStop, LlmStopReason, LlmToolCall, LlmUsage, LlmWire, NativeObject } from './vocabulary.js';
export type { LlmEvent } from './wire-event-of.js';
export type { PartReader, PartSink, WireEvent, WireFormat } from './wire-reader.js';
