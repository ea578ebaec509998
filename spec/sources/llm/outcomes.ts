import type { Observable } from 'rxjs';
import { isStreamError } from '../../../lib/errors.js';
import { malformedPolicy } from '../../../lib/malformed-policy.js';
import type { Transport } from '../../../lib/transport.js';
import { anthropicFormat } from '../../../sources/llm/anthropic-parts.js';
import { chatFormat } from '../../../sources/llm/chat-parts.js';
import type { AssembledMessage } from '../../../sources/llm/message.js';
import { partFlow } from '../../../sources/llm/part-flow.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import {
  anthropicMessages,
  type AnthropicStreamOptions,
  type ChatStreamOptions,
  openaiChat,
  openaiResponses,
} from '../../../sources/llm/streams.js';
import type { LlmWire } from '../../../sources/llm/vocabulary.js';
import { wireEventReader } from '../../../sources/llm/wire-events.js';
import type { WireFormat } from '../../../sources/llm/wire-reader.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';
import { isLlmError } from '../../../sources/llm/llm-failure.js';

/** What came of one body. */
export interface Outcome {
  /** Without `open`, which is of the connection. */
  readonly parts: readonly LlmPart[];
  /** As far as it was put together. */
  readonly message: AssembledMessage;
  /** Name, type and code of the error; `undefined` for a whole message. */
  readonly failure: string | undefined;
}

/** What came of one body over a connection. */
export interface PipeOutcome {
  readonly parts: readonly LlmPart[];
  /** That of `end`. */
  readonly message: AssembledMessage | undefined;
  readonly partial: AssembledMessage | undefined;
  readonly failure: string | undefined;
  /** Connections left open. */
  readonly open: number;
}

const formats: Readonly<Record<LlmWire, () => WireFormat>> = {
  anthropic: anthropicFormat,
  'openai-chat': chatFormat,
  'openai-responses': responsesFormat,
};

/** Reads a body with everything but a connection, at the speed of plain functions. A frame that is no JSON ends it, as in the full pipes. */
export function readOutcome(wire: LlmWire, pieces: Iterable<Uint8Array>): Outcome {
  const policy = malformedPolicy({ malformed: 'error' }, undefined);
  const events = wireEventReader({ wire, policy, maxLength: 2 ** 26, requestId: undefined });
  const flow = partFlow({ wire, reader: formats[wire]().reader(), holdsCalls: false });
  let failure: string | undefined;
  try {
    for (const piece of pieces) {
      if (flow.isDone) break;
      flow.read(events.feed(piece));
    }
    if (!flow.isDone) flow.read(events.end());
    if (!flow.isDone) flow.end();
  } catch (error) {
    failure = wordsOf(error);
    flow.read(events.rest());
  }
  return { parts: flow.take(), message: flow.message, failure };
}

/** Name, type and code; of anything but an error of ours: what it says. */
export function wordsOf(error: unknown): string {
  return isStreamError(error) ? `${error.name} ${error.errorType} ${error.code}` : `unexpected: ${String(error)}`;
}

/** Options of all wires alike. */
export type PipeOptions = Pick<
  AnthropicStreamOptions & ChatStreamOptions,
  'baseUrl' | 'clocks' | 'scheduler' | 'maxRetries' | 'malformed' | 'dialect' | 'initialBackoff'
> & { readonly transport?: Transport };

/** The full pipe of a wire, as a user makes it. */
export function fullPipe(wire: LlmWire, { dialect, ...options }: PipeOptions): Observable<LlmPart> {
  const call = {
    apiKey: 'sk-canary',
    baseUrl: 'http://127.0.0.1:1',
    maxRetries: 0,
    jitter: 'none',
    ...options,
  } as const;
  switch (wire) {
    case 'anthropic':
      return anthropicMessages({ ...call, body: { model: 'm', max_tokens: 9, messages: [] } });
    case 'openai-chat':
      return openaiChat({ ...call, dialect, body: { model: 'm', messages: [] } });
    case 'openai-responses':
      return openaiResponses({ ...call, body: { model: 'm', input: 'hello' } });
  }
}

/** One call of a full pipe after another: `n` from 1 says what the server answers. Every run is a subscription to the same Observable. */
export function pipeRuns(
  wire: LlmWire,
  answerOf: (n: number) => ScriptedStream,
  options: PipeOptions = {},
): () => Promise<PipeOutcome> {
  const server = scriptedLlm(answerOf);
  const source = fullPipe(wire, { transport: server.transport, ...options });
  return () => {
    const parts: LlmPart[] = [];
    return new Promise((resolve) => {
      const done = (failure: string | undefined, partial: AssembledMessage | undefined): void => {
        const last = parts.at(-1);
        const message = last?.type === 'end' ? last.message : undefined;
        resolve({ parts: parts.slice(1), failure, partial, open: server.open, message });
      };
      source.subscribe({
        next: (part) => void parts.push(part),
        error: (error: unknown) => done(wordsOf(error), isLlmError(error) ? error.partial : undefined),
        complete: () => done(undefined, undefined),
      });
    });
  };
}
