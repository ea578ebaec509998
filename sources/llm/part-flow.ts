import { type StreamAssembler, streamAssembler } from './assembler.js';
import type { AssembledMessage } from './message.js';
import type { LlmPart } from './parts.js';
import { truncatedStream } from './provider-answers.js';
import type { PartReader, PartSink, WireEvent } from './wire-reader.js';
import type { LlmWire } from './vocabulary.js';

/** What a response is read with. */
export interface FlowSettings {
  readonly wire: LlmWire;
  readonly reader: PartReader;
  /** Calls wait for the terminal marker: until then the response may still be thrown away. */
  readonly holdsCalls: boolean;
}

/** The parts of one response, over however many connections it takes. Plain: nothing is timed here and nothing is subscribed to. */
export interface PartFlow {
  /** Throws what the reader throws; `take` has the parts before it. */
  read(events: readonly WireEvent[]): void;
  /** Lets a reader finish in another way; it returns whether it has. */
  finish(step: (sink: PartSink) => boolean): void;
  /** The body is over. Throws a `TruncatedStreamError` where the message is not. */
  end(): void;
  /** The parts since it was last asked. */
  take(): readonly LlmPart[];
  /** The terminal marker has come; the last part is `end`. */
  readonly isDone: boolean;
  /** The provider itself has said that the response failed. */
  readonly isFailed: boolean;
  /** How many parts of content there were. */
  readonly contents: number;
  /** Whether the message says anything yet. One that has only begun can be asked for again and nobody sees a difference. */
  readonly hasContent: boolean;
  /** A tool that the provider runs may have changed something. */
  readonly hasEffects: boolean;
  readonly message: AssembledMessage;
}

/** Parts that change the message. */
const contentTypes: ReadonlySet<LlmPart['type']> = new Set<LlmPart['type']>([
  ...(['text.start', 'text.delta', 'text.end', 'thinking.start', 'thinking.delta', 'thinking.end'] as const),
  ...(['refusal.delta', 'citation', 'tool.start', 'tool.delta', 'toolCall', 'serverTool'] as const),
]);

/** Whether a part changes the message. */
export function isContent(part: LlmPart): boolean {
  return contentTypes.has(part.type);
}

/** Tools that only look, and blocks that are no tools. Whatever else the provider runs may have had an effect: code, MCP, a browser. */
const harmless =
  /^(?:web_search|web_fetch|file_search|tool_search|mcp_list_tools|mcp_tool_listing|compaction|fallback|advisor|message)/;

/** A response that has not begun. */
export function partFlow({ wire, reader, holdsCalls }: FlowSettings): PartFlow {
  const parts = gatherer(wire, holdsCalls);
  let isFailed = false;
  const guarded = (step: () => void): void => {
    try {
      step();
    } catch (error) {
      isFailed = !isInterruption(error);
      throw error;
    }
  };
  return {
    read: (events) =>
      guarded(() => {
        for (const event of events) {
          reader.read(event, parts.sink);
          if (reader.isDone) return parts.finish();
        }
      }),
    finish: (step) =>
      guarded(() => {
        if (step(parts.sink)) parts.finish();
      }),
    end: () => {
      if (!reader.end(parts.sink)) throw endedEarly(wire, reader.lastEvent);
      parts.finish();
    },
    take: parts.take,
    get isDone() {
      return parts.seen.isDone;
    },
    get isFailed() {
      return isFailed;
    },
    get contents() {
      return parts.seen.contents;
    },
    get hasContent() {
      return parts.assembler.hasContent;
    },
    get hasEffects() {
      return parts.seen.hasEffects;
    },
    get message() {
      return parts.assembler.message;
    },
  };
}

interface Gatherer {
  readonly sink: PartSink;
  readonly assembler: StreamAssembler;
  readonly seen: { readonly contents: number; readonly isDone: boolean; readonly hasEffects: boolean };
  take(): readonly LlmPart[];
  /** Lets go what was held, and says `end`. */
  finish(): void;
}

/** Assembles what it emits, so that a message never has what the consumer has not. */
function gatherer(wire: LlmWire, holdsCalls: boolean): Gatherer {
  const assembler = streamAssembler(wire);
  let out: LlmPart[] = [];
  const held: LlmPart[] = [];
  const seen = { contents: 0, isDone: false, hasEffects: false };
  const emit = (part: LlmPart): void => {
    assembler.process(part);
    if (contentTypes.has(part.type)) seen.contents += 1;
    out.push(part);
  };
  return {
    assembler,
    seen,
    sink: {
      part: (part) => {
        if (part.type === 'serverTool' && !harmless.test(part.name)) seen.hasEffects = true;
        if (holdsCalls && part.type === 'toolCall') held.push(part);
        else emit(part);
      },
    },
    take: () => {
      const taken = out;
      out = [];
      return taken;
    },
    finish: () => {
      for (const call of held) emit(call);
      seen.isDone = true;
      emit({ type: 'end', message: { ...assembler.message, isComplete: true } });
    },
  };
}

/** Events were lost on the way; the response itself may be well. */
function isInterruption(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'errorType' in error && error.errorType === 'stream_interrupted'
  );
}

function endedEarly(wire: LlmWire, lastEvent: string | undefined): Error {
  const reason = `the stream ended before its end marker, after ${lastEvent ?? 'nothing'}`;
  return truncatedStream(wire, { lastEvent, requestId: undefined, reason });
}
