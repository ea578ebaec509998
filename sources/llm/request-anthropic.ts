import { type OptionRule, type OptionRules, text } from '../../lib/check-options.js';
import type { RequestValues } from '../../lib/request.js';
import { holdsCredential, keyHeader, keyOf, keyRule, type LlmKey } from './credentials.js';
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

/** The body of `POST /v1/messages`. Any other field passes through as it is. */
export interface AnthropicBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly messages: readonly object[];
  readonly system?: string | readonly object[] | undefined;
  readonly stop_sequences?: readonly string[] | undefined;
  readonly tools?: readonly object[] | undefined;
  readonly tool_choice?: object | undefined;
  readonly thinking?: object | undefined;
  readonly output_config?: object | undefined;
  readonly service_tier?: string | undefined;
  readonly temperature?: number | undefined;
  readonly metadata?: NativeObject | undefined;
  readonly [field: string]: unknown;
}

/** One call of Anthropic's Messages API, or of a server that speaks it. */
export interface AnthropicOptions extends LlmCallOptions<AnthropicBody> {
  /** Sent as `authorization: Bearer`, in place of `apiKey`. @default the variable ANTHROPIC_AUTH_TOKEN, where there is no key */
  authToken?: LlmKey | undefined;
  /** The header `anthropic-version`. @default '2023-06-01' */
  anthropicVersion?: string | undefined;
  /** The header `anthropic-beta`. @default [] */
  betas?: readonly string[] | undefined;
}

const betaNames: OptionRule = {
  expected: 'a list of names (letters, digits, "_", "." and "-")',
  test: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string' && /^[\w.-]{1,100}$/.test(one)),
};

export const anthropicRules: OptionRules<AnthropicOptions> = {
  ...llmRules,
  authToken: keyRule,
  anthropicVersion: text,
  betas: betaNames,
};

const base = { variable: 'ANTHROPIC_BASE_URL', vendor: 'https://api.anthropic.com' } as const;

/**
 * The request for a stream of Anthropic's Messages API. Only the keys of {@link AnthropicOptions} may be there: whoever takes more takes
 * them out first.
 *
 * `baseUrl` goes without `/v1`; one that has it is not given a second. The key is `apiKey` or `authToken`, else ANTHROPIC_API_KEY, else
 * ANTHROPIC_AUTH_TOKEN.
 *
 * Errors: `TypeError` at once for options that can never work, and where there is no key for Anthropic's own address.
 */
export function anthropicRequest(options: AnthropicOptions, where = 'anthropic'): LlmRequest {
  checkLlmOptions(where, anthropicRules, options);
  const { anthropicVersion = '2023-06-01', betas = [], headers } = options;
  const { url, isVendor } = baseUrlOf(where, options.baseUrl, base);
  return {
    ...callRequest(options),
    url: `${url.replace(/\/v1$/, '')}/v1/messages`,
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      'anthropic-version': anthropicVersion,
      ...(betas.length === 0 ? {} : { 'anthropic-beta': betas.join(',') }),
      ...credential(where, options, isVendor),
      ...headers,
    },
    body: jsonBody(where, { ...options.body, stream: true }),
  };
}

function credential(where: string, options: AnthropicOptions, isVendor: boolean): RequestValues {
  const { apiKey, authToken, headers } = options;
  if (isKey(apiKey) && isKey(authToken)) {
    throw new TypeError(`${where}: give either option "apiKey" or option "authToken", not both`);
  }
  if (holdsCredential(headers)) return {};
  if (!isKey(authToken)) {
    const key = keyOf(where, { option: 'apiKey', given: apiKey, variable: 'ANTHROPIC_API_KEY' });
    if (key !== undefined) return { 'x-api-key': keyHeader('apiKey', key) };
    if (apiKey === false) return {};
  }
  const token = keyOf(where, { option: 'authToken', given: authToken, variable: 'ANTHROPIC_AUTH_TOKEN' });
  if (token !== undefined) return { authorization: keyHeader('authToken', token, 'Bearer ') };
  if (isVendor) throw missingKey(where, 'apiKey', 'ANTHROPIC_API_KEY');
  return {};
}

function isKey(given: LlmKey | undefined): boolean {
  return given !== undefined && given !== false;
}
