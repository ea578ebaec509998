import type { LlmWire } from '../../../sources/llm/index.js';

/** One thing that the model says, on whatever wire. */
export type MockBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  /** An `input` that is text goes out as it is, JSON or not. */
  | { readonly type: 'tool'; readonly name: string; readonly input: object | string };

/** Where in a stream something happens: behind so many whole events, or behind so many bytes. */
export type MockPlace = { readonly events: number } | { readonly bytes: number };

/** What goes wrong in the middle of a stream. */
export type MockFault =
  /** Silence with the socket open, for `ms` milliseconds; without it for good. */
  | { readonly kind: 'stall'; readonly after: MockPlace; readonly ms?: number | undefined }
  /** `cut` resets the connection; `end` ends the body as if it were whole. */
  | { readonly kind: 'cut' | 'end'; readonly after: MockPlace }
  /** Bytes that belong to nothing; the stream goes on behind them. */
  | { readonly kind: 'garbage'; readonly after: MockPlace; readonly bytes?: string | undefined }
  /** The provider's own error event, and the end of the body. */
  | { readonly kind: 'error'; readonly after: MockPlace; readonly type: string; readonly message?: string | undefined };

/** How a stream goes out. */
export interface MockFlow {
  /** Silence before each event but the first, in milliseconds. @default 0 */
  readonly pace?: number | undefined;
  /** Bytes written at once; events are cut wherever that falls. @default an event */
  readonly chunkSize?: number | undefined;
  /** @default [] */
  readonly faults?: readonly MockFault[] | undefined;
}

/** What one request is answered with. */
export type MockAnswer = MockRefusal | MockSpeech | MockRecording;

/** An HTTP error; without a body the provider's own for that status. */
export interface MockRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** A stream that is made of content, in the words of the wire that asks. */
export interface MockSpeech extends MockFlow {
  readonly say: readonly MockBlock[];
  /** @default 'tool' where a tool is called, else 'end' */
  readonly stop?: 'end' | 'tool' | 'length' | 'refusal' | undefined;
}

/** The body of a stream, byte by byte. */
export interface MockRecording extends MockFlow {
  readonly recording: string | Uint8Array;
  /** @default 'text/event-stream' */
  readonly contentType?: string | undefined;
}

/** A request as it came. */
export interface MockLlmRequest {
  /** Of the requests for a new answer, from 0. */
  readonly index: number;
  readonly wire: LlmWire;
  readonly method: string;
  /** Query included. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none, or no JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer for each request, the last one again for all behind it; or a function of the request. */
export type MockScript = readonly MockAnswer[] | ((request: MockLlmRequest) => MockAnswer);
