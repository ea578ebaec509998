import { catchError, map, type Observable, throwError } from 'rxjs';
import { jsonCall } from '../../lib/json-call.js';
import { anthropicFormat } from './anthropic-parts.js';
import { chatFormat } from './chat-parts.js';
import { LlmError } from './errors.js';
import { type PartFlow, partFlow } from './part-flow.js';
import type { LlmPart } from './parts.js';
import { classifyLlm, eventError, llmError } from './provider-answers.js';
import { responsesFormat } from './responses-parts.js';
import { isObject } from './shapes.js';
import type { LlmWire, NativeObject } from './vocabulary.js';
import { anthropicEvents, chatEvents } from './whole-answer-events.js';
import type { WholeCall } from './whole-call.js';
import type { PartReader } from './wire-reader.js';

/**
 * The parts of one answer that comes whole, the same ones as of a stream, each block in one delta, in one list with `end` behind. One request; nothing is
 * retried.
 *
 * Errors: an `LlmError`, as the provider means it; `malformed` for what is no whole answer.
 */
export function wholeAnswer(call: WholeCall): Observable<readonly LlmPart[]> {
  const { wire, request } = call;
  const { malformed: _m, onInvalid: _i, maxMalformedInARow: _r, maxEventLength, ...plain } = request;
  return jsonCall({ ...plain, classify: classifyLlm(wire) }, { maxLength: maxEventLength }).pipe(
    map((answer) => {
      if (!isObject(answer)) throw noAnswer(wire, 'the answer is not a JSON object');
      if (isObject(answer['error'])) throw eventError(wire, answer);
      const flow = flowOf(call, answer);
      if (!flow.isDone) throw noAnswer(wire, 'the answer is not whole');
      return flow.take();
    }),
    catchError((error: unknown) => throwError(() => llmError(wire, error))),
  );
}

function flowOf({ wire, dialect }: WholeCall, answer: NativeObject): PartFlow {
  const flowWith = (reader: PartReader): PartFlow => partFlow({ wire, reader, holdsCalls: false });
  if (wire === 'openai-responses') {
    const reader = responsesFormat().reader();
    const flow = flowWith(reader);
    flow.finish((sink) => reader.finishFrom(answer, sink));
    return flow;
  }
  const isChat = wire === 'openai-chat';
  const flow = flowWith((isChat ? chatFormat({ dialect }) : anthropicFormat()).reader());
  flow.read(isChat ? chatEvents(answer) : anthropicEvents(answer));
  return flow;
}

function noAnswer(wire: LlmWire, message: string): LlmError {
  return new LlmError(message, { errorType: 'fatal_error', code: 'malformed', phase: 'body', wire });
}
