import { isObject } from './shapes.js';
import type { PartSink } from './wire-reader.js';
import type { NativeObject } from './vocabulary.js';

/** A text or a refusal inside a message item. */
export interface TextSlot {
  readonly key: string;
  readonly isRefusal: boolean;
  /** The deltas so far. */
  text: string;
  readonly citations: NativeObject[];
}

interface ItemBase {
  readonly index: number;
  readonly key: string;
  /** The item as it began; `undefined` where an event came that belongs to an item nobody has announced. */
  begun: NativeObject | undefined;
  /** Another reader has delivered the first part of it, so that it cannot be known what is missing. */
  isPartial: boolean;
  isDone: boolean;
}

/** An item of the output between its first event and its last. */
export type OutputItem =
  | (ItemBase & { readonly kind: 'message'; readonly slots: Map<number, TextSlot> })
  /** All summaries and texts of one reasoning item are one block, because it goes back as one. */
  | (ItemBase & {
      readonly kind: 'thinking';
      readonly sections: Map<number, string>;
      latest: number | undefined;
      hasText: boolean;
    })
  | (ItemBase & {
      readonly kind: 'tool';
      readonly input: 'json' | 'text';
      id: string;
      name: string;
      raw: string;
      isStarted: boolean;
      /** The provider has sent the input as a whole. */
      isWhole: boolean;
      done: NativeObject | undefined;
    })
  | (ItemBase & { readonly kind: 'server'; readonly name: string });

export type MessageItem = Extract<OutputItem, { kind: 'message' }>;
export type ThinkingItem = Extract<OutputItem, { kind: 'thinking' }>;
export type ToolItem = Extract<OutputItem, { kind: 'tool' }>;

/** What is known of one response. */
export interface ResponsesState {
  /** By `output_index`: proxies rotate ids. */
  readonly items: Map<unknown, OutputItem>;
  /** The reader begins in the middle: what came before the first event has been delivered by another one. */
  readonly isResumed: boolean;
  /** Names in `tools` of the response, where it lists any. */
  toolNames: ReadonlySet<unknown> | undefined;
  /** The slot of the latest text delta: thousands in a row belong to one. */
  slot: TextSlot | undefined;
  slotItem: unknown;
  slotContent: unknown;
}

/** What an event of one type does. */
export type Handler = (state: ResponsesState, data: NativeObject, sink: PartSink) => void;

export function responsesState(isResumed: boolean): ResponsesState {
  const slot = { slot: undefined, slotItem: undefined, slotContent: undefined };
  return { items: new Map(), isResumed, toolNames: undefined, ...slot };
}

/** What an item begins with. */
export interface NewItem {
  readonly index: number;
  readonly kind: OutputItem['kind'];
  /** Of a tool. @default 'json' */
  readonly input?: 'json' | 'text';
  readonly begun?: NativeObject | undefined;
}

/** An item that was announced, or whose first sign is one of its deltas. Behind a cursor the latter has begun before it. */
export function newItem(state: ResponsesState, { index, kind, input = 'json', begun }: NewItem): OutputItem {
  const item = itemOf({ index, kind, input, begun }, state.isResumed && begun === undefined);
  state.items.set(index, item);
  return item;
}

function itemOf({ index, kind, input = 'json', begun }: NewItem, isPartial: boolean): OutputItem {
  const base = { index, key: String(index), begun, isPartial, isDone: false };
  switch (kind) {
    case 'message':
      return { ...base, kind, slots: new Map() };
    case 'thinking':
      return { ...base, kind, sections: new Map(), latest: undefined, hasText: false };
    case 'tool':
      return { ...base, kind, input, id: '', name: '', raw: '', isStarted: false, isWhole: false, done: undefined };
    case 'server':
      return { ...base, kind, name: textOf(begun?.['type']) };
  }
}

/** What a whole text has beyond what came; `undefined` where it does not go on from it. */
export function tailOf(whole: string, built: string): string | undefined {
  return whole.length > built.length && whole.startsWith(built) ? whole.slice(built.length) : undefined;
}

/** An event that no other part says. Of an item that the provider works on it is its progress. */
export const passOn: Handler = (state, data, sink) => {
  const item = state.items.get(data['output_index']);
  if (item?.kind !== 'server') return sink.part({ type: 'unknown', native: data });
  sink.part({ type: 'serverTool', key: item.key, name: item.name, isFinal: false, native: data });
};

/** The objects of a list. */
export function objectsOf(value: unknown): readonly NativeObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
