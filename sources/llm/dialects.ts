import { checkOption, checkOptions, oneOf, type OptionRule, type OptionRules, text } from '../../lib/check-options.js';
import { isObject } from './shapes.js';
import type { LlmStopReason } from './vocabulary.js';

/** Servers that speak Chat Completions each in their own way. `auto` takes every shape that cannot be mistaken for another. */
export type Dialect =
  | 'auto'
  | 'openai'
  | 'azure'
  | 'openrouter'
  | 'groq'
  | 'deepseek'
  | 'qwen'
  | 'xai'
  | 'mistral'
  | 'ollama'
  | 'huggingface'
  | 'lmstudio'
  | 'vllm';

/** Thinking that stands between two tags in the middle of the text. */
export interface InlineTags {
  readonly open: string;
  readonly close: string;
  /**
   * `start`: only where the text begins with the tag. `anywhere`: a model that writes about the tag is misread. `opened`: the prompt has written
   * the opening tag, so that the text begins with thinking.
   */
  readonly where: 'start' | 'anywhere' | 'opened';
}

/** How a server says that it failed, after a status of 200: a member `error` alone or beside `choices`; `event: error`; `object: "error"`. */
export type ErrorShape = 'member' | 'event' | 'flat';

/** Where a chunk says how many tokens there were; of several in one chunk the first counts. */
export type UsagePlace = 'usage' | 'x_groq.usage' | 'choice.usage';

/** What sets one server apart from OpenAI. Facts only: one reader serves all. */
export interface ChatDialect {
  /** Members of a delta that hold thinking as text; the first that is not empty counts, as some servers send it twice. */
  readonly reasoningFields: readonly string[];
  /** The member of a delta that holds opaque reasoning, which has to go back; `false` for none. */
  readonly detailsField: string | false;
  /** `false`: tags are text. */
  readonly inlineThinking: InlineTags | false;
  /** Whether a body may end without `[DONE]` once every answer has its `finish_reason`. */
  readonly doneMarker: 'required' | 'optional';
  /** Whether `[DONE]` alone ends an answer. With `optional` an answer that was cut behind a proxy passes for whole. */
  readonly finishReason: 'required' | 'optional';
  readonly errorShapes: readonly ErrorShape[];
  readonly usagePlaces: readonly UsagePlace[];
  /** What `finish_reason` means. `failed` is an error; a word that is not here is `unknown`. */
  readonly finishReasons: Readonly<Record<string, LlmStopReason | 'failed'>>;
  /** Members of a choice that explain its `finish_reason`. */
  readonly stopDetails: readonly string[];
  /** Members of a tool call that are none of OpenAI's and have to go back. */
  readonly toolCallFields: readonly string[];
  /** Members of a delta that say nothing worth a part. */
  readonly quietFields: readonly string[];
}

/** A dialect of one's own. What is missing is as in `auto`. */
export type ChatDialectOptions = { readonly [K in keyof ChatDialect]?: ChatDialect[K] | undefined };

const thinkTags: InlineTags = { open: '<think>', close: '</think>', where: 'start' };
const tagsAnywhere: InlineTags = { ...thinkTags, where: 'anywhere' };

const finishReasons: ChatDialect['finishReasons'] = {
  stop: 'end',
  length: 'length',
  tool_calls: 'tool',
  function_call: 'tool',
  content_filter: 'refusal',
  // Mistral
  model_length: 'length',
  // Hugging Face and what runs on it
  eos: 'end',
  eos_token: 'end',
  stop_sequence: 'stopSequence',
  // OpenRouter and Mistral: the upstream broke; DeepSeek: the machine was taken away. Neither is an answer.
  error: 'failed',
  insufficient_system_resource: 'failed',
};

const auto: ChatDialect = {
  reasoningFields: ['reasoning_content', 'reasoning'],
  detailsField: 'reasoning_details',
  inlineThinking: thinkTags,
  doneMarker: 'optional',
  finishReason: 'required',
  errorShapes: ['member', 'event', 'flat'],
  usagePlaces: ['usage', 'x_groq.usage', 'choice.usage'],
  finishReasons,
  stopDetails: ['native_finish_reason', 'stop_reason', 'content_filter_results'],
  // Gemini behind its OpenAI door puts the thought signature there and refuses a next turn without it.
  toolCallFields: ['extra_content'],
  quietFields: ['channel', 'token_id', 'index'],
};

/** OpenAI's own words, and nothing beside them. */
const openai: ChatDialect = {
  ...auto,
  ...{ reasoningFields: [], detailsField: false, inlineThinking: false, doneMarker: 'required' },
  ...{ errorShapes: ['member', 'event'], usagePlaces: ['usage'], toolCallFields: [] },
};

const dialects: Readonly<Record<Dialect, ChatDialect>> = {
  auto,
  openai,
  // DeepSeek's models on Azure think in a member of their own.
  azure: { ...openai, reasoningFields: ['reasoning_content'] },
  openrouter: { ...openai, reasoningFields: ['reasoning'], detailsField: 'reasoning_details' },
  // `reasoning_format: raw` leaves the tags in the text.
  groq: {
    ...openai,
    reasoningFields: ['reasoning'],
    inlineThinking: thinkTags,
    usagePlaces: ['usage', 'x_groq.usage'],
  },
  deepseek: { ...openai, reasoningFields: ['reasoning_content'] },
  qwen: { ...openai, reasoningFields: ['reasoning_content'], inlineThinking: tagsAnywhere },
  xai: { ...openai, reasoningFields: ['reasoning_content'] },
  mistral: openai,
  ollama: { ...auto, reasoningFields: ['reasoning'], detailsField: false, inlineThinking: tagsAnywhere },
  huggingface: { ...auto, detailsField: false, inlineThinking: tagsAnywhere },
  lmstudio: { ...auto, detailsField: false, inlineThinking: tagsAnywhere },
  // The member was renamed; versions of both kinds run.
  vllm: { ...auto, detailsField: false, inlineThinking: tagsAnywhere, doneMarker: 'required' },
};

const names = oneOf(...Object.keys(dialects));

/** What an option `dialect` may be. */
export const dialectRule: OptionRule = {
  expected: `${names.expected}, or an object of what differs from auto`,
  test: (value) => names.test(value) || isObject(value),
};

const places = oneOf('start', 'anywhere', 'opened');

const texts: OptionRule = {
  expected: 'a list of names',
  test: (value) => Array.isArray(value) && value.every((name) => text.test(name)),
};

const rules: OptionRules<ChatDialectOptions> = {
  reasoningFields: texts,
  detailsField: { expected: 'a name or false', test: (value) => value === false || text.test(value) },
  inlineThinking: {
    expected: 'false, or an object of open, close, and where: start, anywhere or opened',
    test: (value) => value === false || isInlineTags(value),
  },
  doneMarker: oneOf('required', 'optional'),
  finishReason: oneOf('required', 'optional'),
  errorShapes: listOf('member', 'event', 'flat'),
  usagePlaces: listOf('usage', 'x_groq.usage', 'choice.usage'),
  finishReasons: { expected: 'an object of words and reasons', test: isObject },
  stopDetails: texts,
  toolCallFields: texts,
  quietFields: texts,
};

/**
 * The dialect of a name, or one's own on top of `auto`.
 *
 * Errors: `TypeError` for a name or a member that does not exist.
 */
export function dialectOf(where: string, given: Dialect | ChatDialectOptions = 'auto'): ChatDialect {
  checkOption(`${where}: option "dialect"`, dialectRule, given);
  if (typeof given === 'string') return dialects[given];
  checkOptions(`${where}: option "dialect"`, rules, given);
  return {
    reasoningFields: given.reasoningFields ?? auto.reasoningFields,
    detailsField: given.detailsField ?? auto.detailsField,
    inlineThinking: given.inlineThinking ?? auto.inlineThinking,
    doneMarker: given.doneMarker ?? auto.doneMarker,
    finishReason: given.finishReason ?? auto.finishReason,
    errorShapes: given.errorShapes ?? auto.errorShapes,
    usagePlaces: given.usagePlaces ?? auto.usagePlaces,
    finishReasons: given.finishReasons ?? auto.finishReasons,
    stopDetails: given.stopDetails ?? auto.stopDetails,
    toolCallFields: given.toolCallFields ?? auto.toolCallFields,
    quietFields: given.quietFields ?? auto.quietFields,
  };
}

function isInlineTags(value: unknown): boolean {
  return isObject(value) && text.test(value['open']) && text.test(value['close']) && places.test(value['where']);
}

function listOf(...members: readonly string[]): OptionRule {
  const member = oneOf(...members);
  return {
    expected: `a list of ${members.join(', ')}`,
    test: (value) => Array.isArray(value) && value.every((one) => member.test(one)),
  };
}
