import { lostEvents } from './lost-events.js';
import { objectsOf, type ResponsesState, textOf } from './responses-state.js';
import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** Where a response is, for `GET /responses/{id}?stream=true&starting_after=N`. All that lies before it has been emitted. */
export interface ResponsesPosition {
  readonly responseId: string;
  /** Of the last event; `undefined` where the server does not count. */
  readonly sequenceNumber: number | undefined;
  /** Only a response that was created with `background` goes on without its connection. */
  readonly isBackground: boolean;
}

/** What a response says of itself. */
export interface ResponseHead {
  readonly responseId: string | undefined;
  readonly isBackground: boolean;
  /** Throws for the beginning of another response. */
  check(data: NativeObject): void;
  /** Takes what a response says of itself; the first one is the start. */
  note(response: NativeObject, sink: PartSink): void;
}

/** The id of the first event is the one to resume with: proxies give every event another. */
export function responseHead(state: ResponsesState, begun: ResponsesPosition | undefined): ResponseHead {
  let isStarted = begun !== undefined;
  let responseId = begun?.responseId;
  let isBackground = begun?.isBackground ?? false;
  return {
    get responseId() {
      return responseId;
    },
    get isBackground() {
      return isBackground;
    },
    check: ({ response }) => {
      const isOther = isObject(response) && response['id'] !== responseId;
      if (isStarted && isOther)
        throw lostEvents('openai-responses', 'another response begins in the middle: a proxy has started over');
    },
    note: (response, sink) => {
      state.toolNames = namesOf(response) ?? state.toolNames;
      if (isStarted) return;
      isStarted = true;
      const { id, model, background } = response;
      responseId = textOf(id) || undefined;
      isBackground = background === true;
      sink.part({ type: 'start', id: responseId, model: textOf(model) || undefined });
    },
  };
}

/** The names of the tools that the response lists, tools in namespaces included; `undefined` where it lists none. */
function namesOf(response: NativeObject): ReadonlySet<unknown> | undefined {
  const tools = objectsOf(response['tools']);
  if (tools.length === 0) return undefined;
  return new Set(tools.flatMap((tool) => [tool['name'], ...objectsOf(tool['tools']).map((inner) => inner['name'])]));
}
