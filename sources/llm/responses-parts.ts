import { eventError, truncatedStream } from './provider-answers.js';
import { endResponse } from './responses-end.js';
import { responseHead, type ResponsesPosition } from './responses-head.js';
import { itemHandlers } from './responses-items.js';
import { responsesSequence } from './responses-sequence.js';
import { type Handler, passOn, responsesState, textOf } from './responses-state.js';
import { textHandlers } from './responses-text.js';
import { thinkingHandlers } from './responses-thinking.js';
import { toolHandlers } from './responses-tools.js';
import { isObject } from './shapes.js';
import type { PartReader, PartSink, WireFormat } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** What the reader of a response begins with. */
export interface ResponsesFormatOptions {
  /**
   * Another reader, of an earlier run, has got as far as this: the stream begins behind it. A reader that has read the first part itself needs no
   * position: it takes the events of the next connection as they come.
   * @default undefined
   */
  readonly position?: ResponsesPosition | undefined;
}

/** A {@link PartReader} that can go on after its connection. */
export interface ResponsesReader extends PartReader {
  /** `undefined` until the response has named its id. */
  readonly position: ResponsesPosition | undefined;
  /**
   * Takes the answer of `GET /responses/{id}`: once the response is over, emits exactly what its events have not said so far. Returns whether it is
   * over; `false` says to ask again later. Throws the provider's error where it has failed.
   */
  finishFrom(response: NativeObject, sink: PartSink): boolean;
}

/** {@link WireFormat} of OpenAI's Responses. */
export interface ResponsesFormat extends WireFormat {
  reader(): ResponsesReader;
}

/**
 * OpenAI's Responses as parts.
 *
 * Items are told apart by `output_index`: proxies rotate ids. Keys are `output_index.content_index` for text and refusals, else `output_index`. All
 * sections of a reasoning item are one block, an empty line between them, because the item goes back as one.
 *
 * **What is whole counts.** `.done` events and closed items bring the whole text again. Where it is longer than the deltas, the rest is emitted as one
 * delta, which is all of the text for servers that send no deltas. Where it is another text nothing is emitted: `native` of `text.end`, which
 * is the item as closed, has the text that counts (`nativeText`), as `raw` of a call has the input that counts. Blocks end with their item.
 *
 * **Calls** are final when their item is done and completed, and safe to run only when the response has not failed: they are held until the end of
 * the response and come in the order of the output, before `usage` and `stop`. Nothing of a failed or cancelled response runs. Items that the
 * provider runs itself, and items of unknown types, are `serverTool` with the item's type as `name`; the final one has the whole item, the
 * others the event.
 *
 * **Numbers.** A gap in `sequence_number` is `stream_interrupted` with `interrupted`; repeats are dropped, so that a server may send again what
 * lies before a resume. A frame that could not be read counts for one number. A second `response.created` of another response is
 * `stream_interrupted` too. `[DONE]` behind the end is ignored.
 *
 * Errors: `read` throws an `LlmError` for an `error` event, for `response.failed` and for lost events, and a `TruncatedStreamError` for `[DONE]`
 * before the end.
 */
export function responsesFormat({ position }: ResponsesFormatOptions = {}): ResponsesFormat {
  return { wire: 'openai-responses', reader: () => responsesReader(position) };
}

const handlers: ReadonlyMap<string, Handler> = new Map([
  ...textHandlers,
  ...thinkingHandlers,
  ...toolHandlers,
  ...itemHandlers,
]);

/** Statuses of a response that can still change. */
const pending: ReadonlySet<string> = new Set(['queued', 'in_progress', '']);

function responsesReader(begun: ResponsesPosition | undefined): ResponsesReader {
  const state = responsesState(begun !== undefined);
  const sequence = responsesSequence(begun?.sequenceNumber);
  const head = responseHead(state, begun);
  let isDone = false;
  let lastEvent: string | undefined;

  const control = (type: string, data: NativeObject, sink: PartSink): void => {
    const response = isObject(data['response']) ? data['response'] : undefined;
    switch (type) {
      case 'error':
      case 'response.failed':
        throw eventError('openai-responses', data);
      case '[DONE]':
        throw truncated(lastEvent);
      case 'malformed':
        sequence.skip();
        return sink.part({ type: 'unknown', native: data });
    }
    if (response !== undefined) head.note(response, sink);
    const status = ends.get(type);
    if (status === undefined) {
      if (response === undefined) passOn(state, data, sink);
    } else {
      endResponse(state, response ?? {}, response?.['status'] === 'cancelled' ? 'cancelled' : status, sink);
      isDone = true;
    }
  };

  return {
    read: ({ type, data }, sink) => {
      if (isDone) return;
      if (type === 'response.created') head.check(data);
      if (!sequence.isNew(data['sequence_number'])) return;
      const handler = handlers.get(type);
      if (handler === undefined) control(type, data, sink);
      else handler(state, data, sink);
      lastEvent = type;
    },
    finishFrom: (response, sink) => {
      const status = textOf(response['status']);
      if (isDone) return true;
      if (pending.has(status)) return false;
      if (status === 'failed') throw eventError('openai-responses', { type: 'response.failed', response });
      head.note(response, sink);
      endResponse(state, response, status, sink);
      isDone = true;
      return true;
    },
    end: () => isDone,
    get isDone() {
      return isDone;
    },
    get lastEvent() {
      return lastEvent;
    },
    get position() {
      const { responseId, isBackground } = head;
      return responseId === undefined ? undefined : { responseId, sequenceNumber: sequence.last, isBackground };
    },
  };
}

const ends: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
]);

function truncated(lastEvent: string | undefined): Error {
  const reason = 'the server says that it is done before the response is';
  return truncatedStream('openai-responses', { lastEvent, requestId: undefined, reason });
}
