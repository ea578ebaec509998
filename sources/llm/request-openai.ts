import { oneOf, type OptionRules, text } from '../../lib/check-options.js';
import type { Lazy, RequestValues } from '../../lib/request.js';
import { environment, holdsCredential, keyHeader, keyOf } from './credentials.js';
import {
  baseUrlOf,
  callRequest,
  checkLlmOptions,
  jsonBody,
  type LlmCallOptions,
  type LlmRequest,
  llmRules,
  missingKey,
} from './llm-options.js';
import type { NativeObject } from './vocabulary.js';

/** The body of `POST /chat/completions`. Any other field passes through as it is. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly object[];
  /** `include_usage` is true unless it is set here: without it the tokens of a stream are never told. */
  readonly stream_options?: NativeObject | undefined;
  readonly tools?: readonly object[] | undefined;
  readonly tool_choice?: string | object | undefined;
  readonly parallel_tool_calls?: boolean | undefined;
  readonly n?: number | undefined;
  readonly stop?: string | readonly string[] | undefined;
  readonly response_format?: object | undefined;
  readonly max_completion_tokens?: number | undefined;
  readonly reasoning_effort?: string | undefined;
  readonly temperature?: number | undefined;
  readonly [field: string]: unknown;
}

/** The body of `POST /responses`. Any other field passes through as it is. */
export interface ResponsesBody {
  readonly model?: string | undefined;
  readonly input?: string | readonly object[] | undefined;
  readonly instructions?: string | undefined;
  readonly previous_response_id?: string | undefined;
  readonly store?: boolean | undefined;
  /** The response goes on without us, and can be resumed. */
  readonly background?: boolean | undefined;
  readonly include?: readonly string[] | undefined;
  readonly tools?: readonly object[] | undefined;
  readonly tool_choice?: string | object | undefined;
  readonly parallel_tool_calls?: boolean | undefined;
  readonly max_output_tokens?: number | undefined;
  readonly reasoning?: object | undefined;
  readonly text?: object | undefined;
  readonly truncation?: string | undefined;
  readonly [field: string]: unknown;
}

/** One call of OpenAI's API, or of one of the many servers that speak it. */
export interface OpenAIOptions<Body extends object> extends LlmCallOptions<Body> {
  /** The header `openai-organization`. @default the variable OPENAI_ORG_ID, at OpenAI's own address */
  organization?: string | undefined;
  /** The header `openai-project`. @default the variable OPENAI_PROJECT_ID, at OpenAI's own address */
  project?: string | undefined;
  /** The header that carries the key. @default 'api-key' at `*.openai.azure.com`, 'authorization' anywhere else */
  keyHeader?: 'authorization' | 'api-key' | undefined;
}

/** The rules of {@link OpenAIOptions}. */
export const openaiRules: OptionRules<OpenAIOptions<object>> = {
  ...llmRules,
  organization: text,
  project: text,
  keyHeader: oneOf('authorization', 'api-key'),
};

/** One request below the base URL. */
export interface OpenAICall {
  /** Begins with a slash; what is variable in it is already encoded. */
  readonly path: string;
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST' | undefined;
  /** Sent beside the caller's own. */
  readonly params?: RequestValues | undefined;
  /** Sent as JSON. */
  readonly json?: object | undefined;
}

const base = { variable: 'OPENAI_BASE_URL', vendor: 'https://api.openai.com/v1' } as const;

/** The request for a stream of Chat Completions. Errors: as {@link openaiRequest}. */
export function chatRequest(options: OpenAIOptions<ChatBody>, where = 'openai chat'): LlmRequest {
  checkLlmOptions(where, openaiRules, options);
  const { body } = options;
  const stream_options = { include_usage: true, ...body.stream_options };
  return openaiRequest(options, { path: '/chat/completions', json: { ...body, stream: true, stream_options } }, where);
}

/** The request for a stream of Responses. Errors: as {@link openaiRequest}. */
export function responsesRequest(options: OpenAIOptions<ResponsesBody>, where = 'openai responses'): LlmRequest {
  checkLlmOptions(where, openaiRules, options);
  return openaiRequest(options, { path: '/responses', json: { ...options.body, stream: true } }, where);
}

/**
 * A request for a path of OpenAI's API with the key, the names and the limits of `options`; what they say in `body` is not looked at, so
 * that polling, resuming and cancelling go the same way. Only the keys of {@link OpenAIOptions} may be there.
 *
 * The path is put behind `baseUrl` as it is: `https://api.openai.com/v1` and `/responses`.
 *
 * Errors: `TypeError` at once for options that can never work, and where there is no key for OpenAI's own address.
 */
export function openaiRequest(
  options: OpenAIOptions<object>,
  { path, method = 'POST', params, json }: OpenAICall,
  where = 'openai',
): LlmRequest {
  checkLlmOptions(where, openaiRules, options);
  const { url, isVendor } = baseUrlOf(where, options.baseUrl, base);
  return {
    ...callRequest(options),
    url: url + path,
    method,
    params: bothParams(options.params, params),
    headers: {
      accept: 'text/event-stream',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...names(options, isVendor),
      ...credential(where, options, { isRequired: isVendor, host: new URL(url).hostname }),
      ...options.headers,
    },
    body: json === undefined ? undefined : jsonBody(where, json),
  };
}

function bothParams(given: Lazy<RequestValues> | undefined, own: RequestValues | undefined): Lazy<RequestValues> {
  return typeof given === 'function' ? async () => ({ ...(await given()), ...own }) : { ...given, ...own };
}

/** The ids of an account concern nobody else, so those of the environment go to OpenAI alone. */
function names({ organization, project }: OpenAIOptions<object>, isVendor: boolean): RequestValues {
  const ofEnvironment = (name: string): string | undefined => (isVendor ? environment(name) : undefined);
  return {
    'openai-organization': organization ?? ofEnvironment('OPENAI_ORG_ID'),
    'openai-project': project ?? ofEnvironment('OPENAI_PROJECT_ID'),
  };
}

function credential(
  where: string,
  options: OpenAIOptions<object>,
  { isRequired, host }: { readonly isRequired: boolean; readonly host: string },
): RequestValues {
  if (holdsCredential(options.headers)) return {};
  const key = keyOf(where, { option: 'apiKey', given: options.apiKey, variable: 'OPENAI_API_KEY' });
  if (key === undefined) {
    if (isRequired && options.apiKey !== false) throw missingKey(where, 'apiKey', 'OPENAI_API_KEY');
    return {};
  }
  const { keyHeader: name = host.endsWith('.openai.azure.com') ? 'api-key' : 'authorization' } = options;
  return { [name]: keyHeader('apiKey', key, name === 'authorization' ? 'Bearer ' : '') };
}
