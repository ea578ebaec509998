import { checkOption, checkOptions, integer, oneOf } from '../../lib/check-options.js';
import { type BlockPart, type LiveBlocks, liveBlocks } from './live-blocks.js';
import type { AssembledMessage } from './message.js';
import type { LlmPart } from './parts.js';
import { mergedUsage } from './usage-sums.js';
import type { LlmStop, LlmUsage, LlmWire } from './vocabulary.js';

/** Which answer is put together. */
export interface StreamAssemblerOptions {
  /** Of several answers to one prompt (`n` > 1 of Chat Completions). @default 0 */
  readonly choice?: number | undefined;
}

/** A message in the making, fed with parts. */
export interface StreamAssembler {
  /** Takes the next part. A delta costs some nanoseconds, however much came before. */
  process(part: LlmPart): void;
  /** The message so far. A snapshot: later parts make another one, and between two parts it is the same object. */
  readonly message: AssembledMessage;
  /** Whether anything of the answer has come: text, thinking, a refusal, a citation, a call. Its id, its usage and empty blocks are none. */
  readonly hasContent: boolean;
  /** Whether `end` has come. */
  readonly isComplete: boolean;
}

/**
 * Puts the parts of a stream together to a message: `assemble` without rxjs.
 *
 * Blocks stand in the order in which their keys appeared. Deltas are appended; the text that a provider names at the end of a block takes their
 * place. Usage is overwritten number by number and never added. A call stays without `call` until it is final. Of a block of the provider's own
 * tools, the last part counts. `end` brings the whole message, which is taken over as it is (choice 0; other choices stay as they were put
 * together). `reset` drops everything; so does what follows an `end`, the next turn of a loop; and `open` drops blocks as long as they are empty,
 * since an attempt that failed before content leaves them behind. Parts of other choices, and those that say nothing of the message, change nothing.
 *
 * A snapshot costs time in proportion to the number of blocks, not to their length: texts are put together when they are read.
 * Holds the message.
 *
 * Errors: `TypeError` at once for a wire or an option that does not exist. None for any parts.
 *
 * @example
 * import { streamAssembler } from 'tailrace/sources/llm';
 *
 * const assembler = streamAssembler('anthropic');
 * for (const text of ['Hel', 'lo']) assembler.process({ type: 'text.delta', key: '0', text });
 * console.log(assembler.message.text, assembler.hasContent); // Hello true
 */
export function streamAssembler(wire: LlmWire, options: StreamAssemblerOptions = {}): StreamAssembler {
  checkOption('streamAssembler: wire', oneOf('anthropic', 'openai-chat', 'openai-responses'), wire);
  checkOptions('streamAssembler', { choice: integer(0) }, options);
  const { choice = 0 } = options;
  let answer = freshAnswer();
  return {
    process: (part) => {
      answer = accept(answer, part, choice);
    },
    get message() {
      return (answer.snapshot ??= snapshotOf(wire, answer));
    },
    get hasContent() {
      return answer.blocks.hasContent || (answer.given?.blocks.length ?? 0) > 0;
    },
    get isComplete() {
      return answer.isComplete;
    },
  };
}

interface Answer {
  blocks: LiveBlocks;
  id: string | undefined;
  model: string | undefined;
  usage: LlmUsage | undefined;
  stop: LlmStop | undefined;
  isComplete: boolean;
  /** The message that came with `end`. */
  given: AssembledMessage | undefined;
  snapshot: AssembledMessage | undefined;
}

function freshAnswer(): Answer {
  return {
    ...{ blocks: liveBlocks(), id: undefined, model: undefined, usage: undefined, stop: undefined },
    ...{ isComplete: false, given: undefined, snapshot: undefined },
  };
}

function accept(answer: Answer, part: LlmPart, choice: number): Answer {
  // First, because nearly all parts are these.
  if ('key' in part) return added(answer, part, choice);
  switch (part.type) {
    case 'open':
      return opened(answer);
    case 'start':
    case 'usage':
      return noted(answer, part);
    case 'stop':
      return stopped(answer, part, choice);
    case 'end':
      return ended(answer, part.message, choice);
    case 'reset':
      return freshAnswer();
    case 'stall':
    case 'retry':
    case 'resume':
    case 'unknown':
  }
  // Also for parts of other makers, as those of a tool loop.
  return answer;
}

function added(answer: Answer, part: BlockPart, choice: number): Answer {
  if ((part.choice ?? 0) !== choice) return answer;
  const target = current(answer);
  target.blocks.add(part);
  return target;
}

function stopped(answer: Answer, part: Extract<LlmPart, { readonly type: 'stop' }>, choice: number): Answer {
  if ((part.choice ?? 0) !== choice) return answer;
  const target = current(answer);
  target.stop = part.stop;
  return target;
}

/** The answer that the next part changes: a new one behind an `end`. */
function current(answer: Answer): Answer {
  if (answer.isComplete) return freshAnswer();
  answer.snapshot = undefined;
  return answer;
}

function noted(answer: Answer, part: Extract<LlmPart, { readonly type: 'start' | 'usage' }>): Answer {
  const target = current(answer);
  if (part.type === 'usage') target.usage = mergedUsage(target.usage, part.usage);
  else {
    target.id = part.id ?? target.id;
    target.model = part.model ?? target.model;
  }
  return target;
}

/** A response that is resumed after content opens once more, and goes on. */
function opened(answer: Answer): Answer {
  const target = current(answer);
  if (!target.blocks.hasContent) {
    target.blocks = liveBlocks();
    target.usage = undefined;
    target.stop = undefined;
  }
  return target;
}

function ended(answer: Answer, message: AssembledMessage, choice: number): Answer {
  const target = current(answer);
  target.isComplete = true;
  target.given = choice === 0 ? message : undefined;
  return target;
}

function snapshotOf(wire: LlmWire, { given, blocks, id, model, usage, stop, isComplete }: Answer): AssembledMessage {
  if (given !== undefined) return given;
  const { blocks: shown, text, thinking, toolCalls } = blocks.view();
  return { wire, id, model, blocks: shown, text, thinking, toolCalls, usage, stop, isComplete };
}
