import { Observable, type OperatorFunction, type Subscriber } from 'rxjs';
import { type PartialJson, partialJson, type PartialJsonOptions } from '../../lib/partial-json.js';
import { subscribeWithin } from '../../lib/subscribe-within.js';
import type { LlmPart } from './parts.js';
import type { LlmLoopPart } from './tool-loop.js';
import type { LlmToolCall } from './vocabulary.js';

/** The input of a call while it comes. */
export interface LiveToolInput {
  /** Of the block. */
  readonly key: string;
  readonly choice: number;
  readonly id: string;
  readonly name: string;
  /**
   * The input as far as it has come, `undefined` before anything can be shown. **Later pieces change the same arrays and objects in place**; see
   * `partialJson`. Once `isFinal`, the input of the call, in objects of its own.
   */
  readonly value: unknown;
  readonly isFinal: boolean;
  /** The final call. Look at its `invalid`, and run nothing before it is there. */
  readonly call: LlmToolCall | undefined;
}

/**
 * Live inputs of tool calls: after each piece the value so far, and once more when the call is final. For showing what a model is about to do, as a
 * document while it is written; never for running a tool. In linear time, however long the input. Nothing is parsed where nobody subscribes.
 *
 * What is no JSON, as the free text of a custom tool, has no value before it is final. A call that is cut off never becomes final. Inputs in
 * progress are dropped at `reset` and at the end of their message.
 *
 * Errors: those of the source. A `TypeError` at once for senseless options.
 *
 * @example
 * import { anthropicMessages, toolInputs } from 'tailrace/sources/llm';
 *
 * const body = { model: 'claude-sonnet-4-5', max_tokens: 1_024, messages: [{ role: 'user', content: 'Write a report' }] };
 * anthropicMessages({ apiKey: 'AAAA', body })
 *   .pipe(toolInputs())
 *   .subscribe(({ name, value, isFinal }) => console.log(name, value, isFinal));
 */
export function toolInputs(options: PartialJsonOptions = {}): OperatorFunction<LlmLoopPart, LiveToolInput> {
  // Checked now and not with the first call.
  partialJson(options);
  return (source) =>
    new Observable((subscriber) => {
      const next = liveInputs(options, subscriber);
      subscribeWithin(source, subscriber, {
        next,
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}

interface Live {
  id: string;
  name: string;
  readonly input: PartialJson;
}

function liveInputs(options: PartialJsonOptions, subscriber: Subscriber<LiveToolInput>): (part: LlmLoopPart) => void {
  const open = new Map<string, Live>();
  const take = (key: string): Live => {
    let live = open.get(key);
    if (live === undefined) open.set(key, (live = { id: '', name: '', input: partialJson(options) }));
    return live;
  };
  const show = (key: string, choice: number, { id, name, input }: Live): void =>
    subscriber.next({ key, choice, id, name, value: input.value, isFinal: false, call: undefined });
  return (part) => {
    if (part.type === 'tool.start' || part.type === 'tool.delta') {
      const { key, choice = 0 } = part;
      const live = take(key);
      if (part.type === 'tool.delta') live.input.feed(part.text);
      else Object.assign(live, { id: part.id, name: part.name });
      show(key, choice, live);
    } else if (part.type === 'toolCall') {
      open.delete(part.key);
      subscriber.next(finalOf(part));
    } else if (part.type === 'reset' || part.type === 'end') open.clear();
  };
}

function finalOf({ key, choice = 0, call }: Extract<LlmPart, { readonly type: 'toolCall' }>): LiveToolInput {
  const { id, name, input } = call;
  return { key, choice, id, name, value: input, isFinal: true, call };
}
