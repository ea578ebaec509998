import type { ServerResponse } from 'node:http';
import type { LlmWire } from '../../../sources/llm/index.js';
import { anthropicFrames } from './anthropic-voice.js';
import type { BackgroundResponses } from './background.js';
import { chatFrames } from './chat-voice.js';
import { framesOf } from './frame.js';
import { mockPlan } from './plan.js';
import { play } from './playing.js';
import { refusalBody } from './refusals.js';
import { type MockResponse, responsesVoice } from './responses-voice.js';
import type { MockAnswer, MockFlow, MockLlmRequest, MockRefusal, MockSpeech } from './script.js';

/** How all streams of a server go out, unless the answer says otherwise. */
export type MockDefaults = Pick<MockFlow, 'pace' | 'chunkSize'>;

/** Answers one request for a new answer. */
export async function giveAnswer(
  answer: MockAnswer,
  request: MockLlmRequest,
  { response, background, defaults }: Answering,
): Promise<void> {
  const { wire } = request;
  if ('status' in answer) return void refuse(response, wire, answer);
  const flow = { ...defaults, ...answer };
  if ('recording' in answer) {
    const { recording, contentType = 'text/event-stream' } = answer;
    return stream(response, { wire, frames: framesOf(recording), flow, contentType, number: request.index });
  }
  const { frames, made } = spoken(answer, request);
  if (made !== undefined && request.body['background'] === true) background.add(made);
  return stream(response, { wire, frames: frames.map((frame) => Buffer.from(frame)), flow, number: request.index });
}

export interface Answering {
  readonly response: ServerResponse;
  readonly background: BackgroundResponses;
  readonly defaults: MockDefaults;
}

/** Sends JSON, or text as it is. */
export function refuse(response: ServerResponse, wire: LlmWire, { status, headers, body }: MockRefusal): void {
  const value = body ?? refusalBody(wire, status);
  const isText = typeof value === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
  response.end(isText ? value : JSON.stringify(value));
}

interface Streaming {
  readonly wire: LlmWire;
  readonly frames: readonly Buffer[];
  readonly flow: MockFlow;
  readonly contentType?: string;
  readonly number: number;
}

export async function stream(response: ServerResponse, streaming: Streaming): Promise<void> {
  const { wire, frames, flow, contentType = 'text/event-stream', number } = streaming;
  const requestId = wire === 'anthropic' ? 'request-id' : 'x-request-id';
  response.writeHead(200, { 'content-type': contentType, [requestId]: `req_mock_${number}` });
  await play(mockPlan(wire, frames, flow), response);
}

interface Spoken {
  readonly frames: readonly string[];
  /** Of Responses: what can be asked for again. */
  readonly made?: MockResponse;
}

function spoken(speech: MockSpeech, { wire, body, index }: MockLlmRequest): Spoken {
  const model = typeof body['model'] === 'string' ? body['model'] : 'mock';
  // Four characters are a token, near enough.
  const inputTokens = Math.ceil(JSON.stringify(body).length / 4);
  const reply = { number: index, model, inputTokens, speech };
  switch (wire) {
    case 'anthropic':
      return { frames: anthropicFrames(reply) };
    case 'openai-chat':
      return { frames: chatFrames(reply) };
    case 'openai-responses': {
      const made = responsesVoice(reply);
      return { frames: made.frames, made };
    }
  }
}
