import type { LlmPart } from './parts.js';
import type { LlmWire } from './vocabulary.js';

/** One event of a provider: its JSON, read by nobody yet. */
export interface WireEvent {
  /** The JSON's own `type`, else the name in the `event:` line, else ''. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a wire's reader says to whoever drives it. */
export interface PartSink {
  part(part: LlmPart): void;
}

/** Turns the events of one response into parts. One per response; state lives in its closure. */
export interface PartReader {
  /** One event, in order. Throws an `LlmError` for an error that the provider has sent as an event. */
  read(event: WireEvent, sink: PartSink): void;
  /** The terminal marker has been read: blocks are closed, calls are final, `stop` is out. The socket can be closed. */
  readonly isDone: boolean;
  /** The body is over. Finishes what a dialect allows to end without a marker; `false` where the message is truncated. */
  end(sink: PartSink): boolean;
  /** Type of the last event. */
  readonly lastEvent: string | undefined;
}

/** A wire as data and functions: what `llmParts` and the full pipes need to know of a provider. */
export interface WireFormat {
  readonly wire: LlmWire;
  reader(): PartReader;
}
