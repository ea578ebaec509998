import { isStreamError, type StreamError } from '../../lib/index.js';
import { CliError } from './exit-codes.js';
import { oneLine } from './plain-text.js';
import { seconds } from './status-line.js';

/** Where the error happened decides which fix to name. */
export type Subject = 'x' | 'tail';

const xHints: Readonly<Record<string, string>> = {
  unauthorized: 'check X_BEARER_TOKEN',
  unsupported_authentication: 'X_BEARER_TOKEN must be an app-only bearer token: streams take no user token',
  forbidden: "the access level of the token's app may not include this",
  client_forbidden: "the access level of the token's app may not include this",
  client_not_enrolled: 'attach the app to a project whose plan includes this',
  no_rules: "add one with: tailrace x rules add 'cats lang:en' --tag cats",
  invalid_rules: "look for the wrong one with: tailrace x rules validate 'RULE'",
  rule_cap: 'see how many there may be with: tailrace x rules count',
  too_many_connections: 'see them with: tailrace x connections list; end them with: tailrace x connections terminate',
  usage_capped: "the plan's posts are used up until its period ends",
  credits_depleted: 'the account needs credits',
};

const tailHints: Readonly<Record<string, string>> = {
  unauthorized: 'check what --header or --header-env sends',
  forbidden: 'check what --header or --header-env sends',
  content_type: 'the URL may not be a stream; --format chooses between ndjson and sse',
};

const sharedHints: Readonly<Record<string, string>> = {
  dns: 'check the name of the host',
  connection_refused: 'check the URL, and whether the server runs',
  rate_limited: 'wait, or allow more --retries',
  headers_timeout: 'raise --timeout',
  idle_timeout: 'raise --timeout',
  slow_consumer: 'ask for less, or put something between that can hold it',
};

/** One line for a person: what happened, and the usual fix. Never a stack, never one of `secrets`. */
export function explain(error: unknown, subject: Subject, secrets: readonly string[]): string {
  const hint = hintOf(error, subject);
  const said = `${messageOf(error)}${hint === undefined ? '' : ` (${hint})`}`;
  // The library does not put them into messages; whatever comes from elsewhere might.
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), said);
  return `tailrace: ${oneLine(clean)}`;
}

function messageOf(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (isStreamError(error)) return `${error.message}${waitOf(error)}`;
  if (error instanceof TypeError) return inFlags(error.message);
  // Errors of unknown origin may quote what they were given.
  return `unexpected ${error instanceof Error ? error.name : typeof error}`;
}

function waitOf({ retryAfter }: StreamError): string {
  return retryAfter === undefined || retryAfter <= 0 ? '' : `; the server asks for a wait of ${seconds(retryAfter)}`;
}

function hintOf(error: unknown, subject: Subject): string | undefined {
  if (error instanceof CliError) return error.hint;
  if (!isStreamError(error)) return undefined;
  const hints = { ...sharedHints, ...(subject === 'x' ? xHints : tailHints) };
  const { cause } = error;
  // Giving up has a code of its own; the reason for it is in the last error.
  return hints[error.code] ?? (isStreamError(cause) ? hints[cause.code] : undefined);
}

/** The library's options under the names that they have here. */
const flags: ReadonlyMap<string, string> = new Map([
  ['bearerToken', 'X_BEARER_TOKEN'],
  ['baseUrl', '--base-url'],
  ['backfillMinutes', '--backfill'],
  ['startTime', '--start'],
  ['endTime', '--end'],
  ['tweetFields', '--fields'],
  ['expansions', '--expansions'],
  ['mediaFields', '--media-fields'],
  ['pollFields', '--poll-fields'],
  ['userFields', '--user-fields'],
  ['placeFields', '--place-fields'],
  ['likeFields', '--like-fields'],
  ['localDcOnly', '--local-dc-only'],
  ['partition', '--partition'],
  ['recovery', '--recovery'],
  ['position', '--checkpoint'],
  ['maxRetries', '--retries'],
  ['timeout', '--timeout'],
  ['allowSecretInQuery', '--allow-secret-in-query'],
  ['url', 'URL'],
]);

function inFlags(message: string): string {
  const known = (whole: string, name: string): string => flags.get(name) ?? whole;
  const named = message.replace(/option "(\w+)"/g, known).replace(/"?\b([a-z]+[A-Z]\w*)\b"?/g, known);
  // The list of what a stream has, where names of one word cannot be told from words.
  return named.replace(/(?<=; it has .*)\b(expansions|partition)\b/g, known);
}
