import { holdsCredential } from '../../sources/llm/credentials.js';
import { usageError } from './exit-codes.js';
import { headersOf, secretsOf } from './header-flags.js';
import type { LlmFlags } from './llm-flags.js';

/** Whom to ask. */
export type ProviderName = 'anthropic' | 'openai' | 'responses' | 'compatible';

/** Where a provider is, and what opens it. */
export interface LlmAddress {
  readonly key?: string | undefined;
  /** Anthropic's other kind of credential. */
  readonly token?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
}

interface Variables {
  readonly key: string;
  readonly token?: string;
  readonly baseUrl: string;
}

const openai: Variables = { key: 'OPENAI_API_KEY', baseUrl: 'OPENAI_BASE_URL' };
const variables: Readonly<Record<ProviderName, Variables>> = {
  anthropic: { key: 'ANTHROPIC_API_KEY', token: 'ANTHROPIC_AUTH_TOKEN', baseUrl: 'ANTHROPIC_BASE_URL' },
  openai,
  responses: openai,
  compatible: openai,
};

/**
 * The address out of the flags and the environment. A compatible server that is named by `--base-url` gets no key of OpenAI's: it is somebody
 * else's.
 *
 * Errors: a usage error for what is missing; none repeats a value.
 */
export function addressOf(provider: ProviderName, flags: LlmFlags, env: NodeJS.ProcessEnv): LlmAddress {
  const names = variables[provider];
  const headers = headersOf(flags, env);
  const params = paramsOf(flags.param ?? []);
  const baseUrl = flags.baseUrl ?? valueOf(env, names.baseUrl);
  if (provider === 'compatible' && baseUrl === undefined) {
    throw usageError('--base-url is missing', 'such as --base-url http://localhost:11434/v1');
  }
  const isForeign = provider === 'compatible' && flags.baseUrl !== undefined;
  const key = flags.keyEnv === undefined ? (isForeign ? undefined : valueOf(env, names.key)) : named(flags.keyEnv, env);
  const token = key === undefined && names.token !== undefined ? valueOf(env, names.token) : undefined;
  if (key === undefined && token === undefined && baseUrl === undefined && !holdsCredential(headers)) {
    const hint = `set it, or name another with --key-env; to try without: tailrace llm ${provider} --mock`;
    throw usageError(`the environment has no ${names.key}`, hint);
  }
  return { key, token, baseUrl, headers, params };
}

/** What an address holds that must never be printed. */
export function addressSecrets({ key = '', token = '', headers, params }: LlmAddress): readonly string[] {
  return secretsOf([key, token, ...Object.values(headers), ...Object.values(params)]);
}

function named(variable: string, env: NodeJS.ProcessEnv): string {
  const value = valueOf(env, variable);
  if (value === undefined) throw usageError(`the environment has no ${variable}`, 'set it first');
  return value;
}

function valueOf(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable]?.trim();
  return value === '' ? undefined : value;
}

function paramsOf(given: readonly string[]): Record<string, string> {
  const params = given.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) throw usageError('a --param must look like name=value');
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  return Object.fromEntries(params);
}
