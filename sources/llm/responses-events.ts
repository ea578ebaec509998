import { isObject, type Shaped, shapeChecker, type UnknownEvent, unknownEvent } from './shapes.js';
import type { WireEvent } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/**
 * Every event of the Responses API by its type, with the members that are relied on. Proxies rotate the ids of items, or leave them out:
 * `output_index` is what tells items apart. Written out, because declarations cannot be made of spread objects.
 */
const shapes = {
  'response.created': { response: 'object' },
  'response.queued': { response: 'object' },
  'response.in_progress': { response: 'object' },
  'response.completed': { response: 'object' },
  'response.failed': { response: 'object' },
  'response.incomplete': { response: 'object' },
  'response.output_item.added': { output_index: 'number', item: 'object' },
  'response.output_item.done': { output_index: 'number', item: 'object' },
  'response.content_part.added': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    part: 'object',
  },
  'response.content_part.done': { output_index: 'number', item_id: 'string?', content_index: 'number', part: 'object' },
  'response.output_text.delta': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    delta: 'string',
    logprobs: 'array?',
  },
  'response.output_text.done': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    text: 'string',
    logprobs: 'array?',
  },
  'response.output_text.annotation.added': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    annotation_index: 'number?',
    annotation: 'object',
  },
  'response.refusal.delta': { output_index: 'number', item_id: 'string?', content_index: 'number', delta: 'string' },
  'response.refusal.done': { output_index: 'number', item_id: 'string?', content_index: 'number', refusal: 'string' },
  'response.function_call_arguments.delta': { output_index: 'number', item_id: 'string?', delta: 'string' },
  'response.function_call_arguments.done': { output_index: 'number', item_id: 'string?', arguments: 'string' },
  'response.custom_tool_call_input.delta': { output_index: 'number', item_id: 'string?', delta: 'string' },
  'response.custom_tool_call_input.done': { output_index: 'number', item_id: 'string?', input: 'string' },
  'response.reasoning_text.delta': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    delta: 'string',
  },
  'response.reasoning_text.done': {
    output_index: 'number',
    item_id: 'string?',
    content_index: 'number',
    text: 'string',
  },
  'response.reasoning_summary_part.added': {
    output_index: 'number',
    item_id: 'string?',
    summary_index: 'number',
    part: 'object',
  },
  'response.reasoning_summary_part.done': {
    output_index: 'number',
    item_id: 'string?',
    summary_index: 'number',
    part: 'object',
  },
  'response.reasoning_summary_text.delta': {
    output_index: 'number',
    item_id: 'string?',
    summary_index: 'number',
    delta: 'string',
  },
  'response.reasoning_summary_text.done': {
    output_index: 'number',
    item_id: 'string?',
    summary_index: 'number',
    text: 'string',
  },
  'response.web_search_call.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.web_search_call.searching': { output_index: 'number', item_id: 'string?' },
  'response.web_search_call.completed': { output_index: 'number', item_id: 'string?' },
  'response.file_search_call.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.file_search_call.searching': { output_index: 'number', item_id: 'string?' },
  'response.file_search_call.completed': { output_index: 'number', item_id: 'string?' },
  'response.code_interpreter_call.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.code_interpreter_call.interpreting': { output_index: 'number', item_id: 'string?' },
  'response.code_interpreter_call.completed': { output_index: 'number', item_id: 'string?' },
  'response.code_interpreter_call_code.delta': { output_index: 'number', item_id: 'string?', delta: 'string' },
  'response.code_interpreter_call_code.done': { output_index: 'number', item_id: 'string?', code: 'string' },
  'response.image_generation_call.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.image_generation_call.generating': { output_index: 'number', item_id: 'string?' },
  'response.image_generation_call.partial_image': {
    output_index: 'number',
    item_id: 'string?',
    partial_image_b64: 'string',
    partial_image_index: 'number',
  },
  'response.image_generation_call.completed': { output_index: 'number', item_id: 'string?' },
  'response.mcp_list_tools.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.mcp_list_tools.completed': { output_index: 'number', item_id: 'string?' },
  'response.mcp_list_tools.failed': { output_index: 'number', item_id: 'string?' },
  'response.mcp_call.in_progress': { output_index: 'number', item_id: 'string?' },
  'response.mcp_call.completed': { output_index: 'number', item_id: 'string?' },
  'response.mcp_call.failed': { output_index: 'number', item_id: 'string?' },
  'response.mcp_call_arguments.delta': { output_index: 'number', item_id: 'string?', delta: 'string' },
  'response.mcp_call_arguments.done': { output_index: 'number', item_id: 'string?', arguments: 'string' },
  'response.shell_call_command.added': { output_index: 'number', command_index: 'number', command: 'string?' },
  'response.shell_call_command.delta': { output_index: 'number', command_index: 'number', delta: 'string' },
  'response.shell_call_command.done': { output_index: 'number', command_index: 'number', command: 'string?' },
  'response.shell_call_output_content.delta': { output_index: 'number', item_id: 'string?', command_index: 'number?' },
  'response.shell_call_output_content.done': {
    output_index: 'number',
    item_id: 'string?',
    command_index: 'number?',
    output: 'array?',
  },
  'response.apply_patch_call_operation_diff.delta': { output_index: 'number', item_id: 'string?', delta: 'string' },
  'response.apply_patch_call_operation_diff.done': { output_index: 'number', item_id: 'string?', diff: 'string?' },
  'response.compaction.compacting': { output_index: 'number', item_id: 'string?' },
  'response.audio.delta': { delta: 'string' },
  'response.audio.done': {},
  'response.audio.transcript.delta': { delta: 'string' },
  'response.audio.transcript.done': {},
  // Documented flat, recorded with everything in `error`.
  error: { code: 'string?', message: 'string?', param: 'string?', error: 'object?' },
} as const;

/** The whole response, or what there is of it. */
export interface ResponseObject {
  readonly id?: string | null | undefined;
  readonly model?: string | null | undefined;
  /** `queued`, `in_progress`, `completed`, `failed`, `incomplete`, `cancelled`. */
  readonly status?: string | null | undefined;
  readonly output?: readonly unknown[] | null | undefined;
  readonly error?: NativeObject | null | undefined;
  readonly incomplete_details?: NativeObject | null | undefined;
  /** Only at the end. */
  readonly usage?: NativeObject | null | undefined;
  readonly [field: string]: unknown;
}

type Table = typeof shapes;
type Typed<S> = S extends { readonly response: 'object' }
  ? { readonly response: ResponseObject }
  : S extends { readonly item: 'object' }
    ? Shaped<S> & { readonly item: { readonly type: string } }
    : Shaped<S>;

type KnownEvent = {
  readonly [Type in keyof Table]: {
    readonly type: Type;
    /** 0, 1, 2, ... where the server counts. */
    readonly sequence_number?: number | null | undefined;
  } & Typed<Table[Type]>;
}[keyof Table];

/** The events of the Responses API as they come, in its own words. Members beyond the typed ones are there too. */
export type ResponsesEvent = KnownEvent | UnknownEvent;

const events = shapeChecker(shapes);
const response = shapeChecker({
  response: {
    id: 'string?',
    model: 'string?',
    status: 'string?',
    output: 'array?',
    error: 'object?',
    incomplete_details: 'object?',
    usage: 'object?',
  },
});

/** The event in OpenAI's own words: the object that was sent, not a copy, once it is seen to hold what its type needs. */
export function responsesEvent(event: WireEvent): ResponsesEvent {
  const { type, data } = event;
  const named = typeof data['type'] === 'string' ? data : { ...data, type };
  return isKnown(named) ? named : unknownEvent(event);
}

function isKnown(data: object): data is KnownEvent {
  if (!events.fits(data) || !isObject(data)) return false;
  const { response: object, item: one, sequence_number: sequence } = data;
  if (typeof sequence !== 'number' && sequence !== undefined && sequence !== null) return false;
  if (object !== undefined && !response.fits(object, 'response')) return false;
  return one === undefined || (isObject(one) && typeof one['type'] === 'string');
}
