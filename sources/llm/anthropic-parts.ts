import { openBlocks, type Step } from './anthropic-open-blocks.js';
import { anthropicStop, anthropicUsage } from './anthropic-usage.js';
import { lostEvents } from './lost-events.js';
import { eventError, truncatedStream } from './provider-answers.js';
import { isObject } from './shapes.js';
import type { PartReader, PartSink, WireFormat } from './wire-reader.js';
import type { LlmUsage, NativeObject } from './vocabulary.js';

/**
 * Anthropic's Messages as parts.
 *
 * Keys are the blocks' indices. Text, thinking and inputs come as they are sent, blocks end when they are stopped or, at the latest, when the
 * message says why it stopped: then come the ends of open blocks, calls, `usage` and `stop`, in this order. `ping` says nothing. Events of unknown
 * types, and deltas of unknown types, are `unknown`.
 *
 * **Calls.** The end of a block does not prove that its input is whole: a message that runs out of tokens closes the block that it cut. A call
 * is final when the next block begins, unless that is a `fallback`, which stands where another model took over from one that may have been cut
 * off; or when the message stopped with `tool_use`. A call that never gets there is a block without a `toolCall`. A frame that could not be
 * read while the block was open makes the call `invalid`: the rest could be JSON and still not be what the model wrote.
 *
 * **Server tools.** `serverTool` once with the block as it begins, then with each delta as `native`, then with `isFinal` and the whole block, its
 * input parsed. `name` is the tool's own name where the block has one, else the type of the block. Not final: a block of which a piece is missing.
 *
 * **Violations.** A second `message_start` takes the place of the first one as long as there is no block. After that, and for a block that begins
 * twice and a delta of a block that is not open, something has been lost or begun again: `stream_interrupted` with `interrupted`.
 *
 * Errors: `read` throws an `LlmError` for an `error` event and for violations, and a `TruncatedStreamError` for `[DONE]` before `message_stop`.
 */
export function anthropicFormat(): WireFormat {
  return { wire: 'anthropic', reader: anthropicReader };
}

function anthropicReader(): PartReader {
  const message = messageReader();
  let isDone = false;
  let lastEvent: string | undefined;
  return {
    read: ({ type, data }, sink) => {
      // Servers that speak like Anthropic may say `[DONE]` behind the marker.
      if (isDone) return;
      if (type === 'content_block_delta') message.delta(data, sink);
      else if (type === 'content_block_start') message.begin(data, sink);
      else if (type === 'content_block_stop') message.end(data, sink);
      else if (type === 'message_start') message.start(data, sink);
      else if (type === 'message_delta') message.report(data, sink);
      else if (type === 'message_stop') {
        message.finish(sink);
        isDone = true;
      } else if (type === 'error') throw eventError('anthropic', data);
      else if (type === '[DONE]') throw truncated(lastEvent);
      else if (type !== 'ping') message.other(type, data, sink);
      lastEvent = type;
    },
    end: () => isDone,
    get isDone() {
      return isDone;
    },
    get lastEvent() {
      return lastEvent;
    },
  };
}

function truncated(lastEvent: string | undefined): Error {
  const reason = 'the server says that it is done before the message is';
  return truncatedStream('anthropic', { lastEvent, requestId: undefined, reason });
}

interface MessageReader {
  readonly start: Step;
  readonly begin: Step;
  readonly delta: Step;
  readonly end: Step;
  readonly report: Step;
  other(type: string, data: NativeObject, sink: PartSink): void;
  finish(sink: PartSink): void;
}

function messageReader(): MessageReader {
  const blocks = openBlocks();
  let usage: LlmUsage | undefined;
  let isStopped = false;
  const count = (report: unknown, sink: PartSink): void => {
    if (!isObject(report)) return;
    usage = anthropicUsage(usage, report);
    sink.part({ type: 'usage', usage });
  };
  return {
    start: (data, sink) => {
      if (blocks.hasAny)
        throw lostEvents(
          'anthropic',
          'the message begins again in the middle: a proxy or the provider has started over',
        );
      const message = isObject(data['message']) ? data['message'] : {};
      const { id, model } = message;
      usage = undefined;
      sink.part({ type: 'start', id: nameOf(id), model: nameOf(model) });
      count(message['usage'], sink);
    },
    begin: blocks.begin,
    delta: blocks.delta,
    end: blocks.end,
    report: (data, sink) => {
      const reason = isObject(data['delta']) ? data['delta']['stop_reason'] : undefined;
      if (typeof reason !== 'string') return count(data['usage'], sink);
      blocks.close(reason === 'tool_use', sink);
      count(data['usage'], sink);
      if (!isStopped) sink.part({ type: 'stop', stop: anthropicStop(reason, data) });
      isStopped = true;
    },
    other: (type, data, sink) => {
      if (type === 'malformed') blocks.gap();
      sink.part({ type: 'unknown', native: data });
    },
    finish: (sink) => {
      // Whatever swallowed the one frame may have swallowed others: what came is not known to be whole.
      if (!isStopped) throw lostEvents('anthropic', 'message_stop without message_delta');
      blocks.close(false, sink);
    },
  };
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
