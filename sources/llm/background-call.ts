import type { LlmRequest } from './llm-options.js';
import { type OpenAIOptions, openaiRequest, type ResponsesBody } from './request-openai.js';
import type { ResponsesPosition } from './responses-head.js';

/** The requests about a response that goes on without us. */
export interface BackgroundCall {
  /** The events behind a position. */
  resume(position: ResponsesPosition): LlmRequest;
  /** The response as it is now, without a stream. */
  poll(responseId: string): LlmRequest;
  cancel(responseId: string): LlmRequest;
  /** Between two polls, in milliseconds. */
  readonly pollInterval: number;
  readonly cancelOnUnsubscribe: boolean;
}

/** {@link BackgroundCall} with the key, the address and the limits of the call that began the response. */
export function backgroundCall(
  options: OpenAIOptions<ResponsesBody>,
  { pollInterval, cancelOnUnsubscribe }: Pick<BackgroundCall, 'pollInterval' | 'cancelOnUnsubscribe'>,
): BackgroundCall {
  const headers = { accept: 'application/json', ...options.headers };
  return {
    pollInterval,
    cancelOnUnsubscribe,
    resume: ({ responseId, sequenceNumber }) =>
      openaiRequest(options, {
        method: 'GET',
        path: pathOf(responseId),
        params: { stream: true, starting_after: sequenceNumber },
      }),
    poll: (responseId) => openaiRequest({ ...options, headers }, { method: 'GET', path: pathOf(responseId) }),
    cancel: (responseId) => openaiRequest({ ...options, headers }, { path: `${pathOf(responseId)}/cancel` }),
  };
}

/** Where a response can be found again; `undefined` for one that cannot: its id, which comes from the wire, goes into a path. */
export function findable(position: ResponsesPosition | undefined): ResponsesPosition | undefined {
  return position !== undefined && /^(?!\.+$)[\w.:-]{1,512}$/.test(position.responseId) ? position : undefined;
}

function pathOf(responseId: string): string {
  return `/responses/${encodeURIComponent(responseId)}`;
}
