import { isStreamError, type StreamError } from '../../lib/index.js';
import { CliError, UnfinishedError } from './exit-codes.js';
import { llmHints } from './llm-hints.js';
import { oneLine } from './plain-text.js';
import { seconds } from './status-line.js';

/** Where the error happened decides which fix to name. */
export type Subject = 'x' | 'tail' | 'durable' | 'chain' | 'llm';

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

const durableHints: Readonly<Record<string, string>> = {
  unauthorized: 'check what --header or --header-env sends',
  forbidden: 'check what --header or --header-env sends',
  stream_not_found: 'make it with: tailrace durable create URL',
  stream_exists: 'see what is there with: tailrace durable head URL',
  stream_gone: 'its name is free again when its forks are gone',
  content_type: 'the URL may not be a stream',
  parse_error: 'the URL may not be a stream, or something between breaks it',
  content_type_mismatch: 'what there is says: tailrace durable head URL; see --mode and --content-type',
  bad_request: 'the server takes only offsets of its own, and nothing empty',
  invalid_offset: 'offsets come from the server, -1 is the beginning; a --checkpoint file may belong to another server',
  offset_regression:
    'the stream was made again: begin anew with --offset -1, without the --checkpoint file or with another',
  outcome_unknown: 'look before you append it again; with --producer-id it is repeated safely',
  stale_epoch: 'another writer has this --producer-id: give yours another one, or take over with --auto-claim',
  sequence_gap: 'the server has forgotten this producer: begin with a higher --epoch',
  seq_conflict: 'another writer was first',
};

const chainHints: Readonly<Record<string, string>> = {
  unauthorized: 'check what --header or --header-env sends',
  forbidden: 'check what --header or --header-env sends',
  subscription_not_found: 'see what there is with: tailrace chain list',
  invalid_resume_token: 'begin anew without the --checkpoint file or with another; it may belong to another service',
  circuit_breaker_open: 'see them with: tailrace chain breakers',
  processing_stopped: 'look at it with: tailrace chain status ID',
  not_found: 'the URL may not be an Event Streamer service',
  malformed: 'the URL may not be an Event Streamer service',
};

const hintsOf: Readonly<Record<Subject, Readonly<Record<string, string>>>> = {
  x: xHints,
  tail: tailHints,
  durable: durableHints,
  chain: chainHints,
  llm: llmHints,
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

/** The one option that errors of the library tell to change. */
const modeOption = /\bmode: '(\w+)'/g;

function messageOf(error: unknown): string {
  if (error instanceof CliError) return error.message;
  if (error instanceof UnfinishedError) return `${messageOf(error.cause)}; ${error.done}`;
  if (isStreamError(error)) return `${error.message.replaceAll(modeOption, '--mode $1')}${waitOf(error)}`;
  if (error instanceof TypeError) return inFlags(error.message);
  // Errors of unknown origin may quote what they were given.
  return `unexpected ${error instanceof Error ? error.name : typeof error}`;
}

function waitOf({ retryAfter }: StreamError): string {
  return retryAfter === undefined || retryAfter <= 0 ? '' : `; the server asks for a wait of ${seconds(retryAfter)}`;
}

function hintOf(error: unknown, subject: Subject): string | undefined {
  if (error instanceof CliError) return error.hint;
  if (error instanceof UnfinishedError) return hintOf(error.cause, subject);
  if (!isStreamError(error)) return undefined;
  const hints = { ...sharedHints, ...hintsOf[subject] };
  const { cause } = error;
  // Giving up has a code of its own; the reason for it is in the last error.
  return hints[error.code] ?? (isStreamError(cause) ? hints[cause.code] : undefined);
}

/** The library's options under the names that they have here. */
const flags: ReadonlyMap<string, string> = new Map([
  ['bearerToken', 'X_BEARER_TOKEN'],
  ['apiKey', 'the key'],
  ['authToken', 'ANTHROPIC_AUTH_TOKEN'],
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
  ['params', '--param'],
  ['offset', '--offset'],
  ['seq', '--seq'],
  ['epoch', '--epoch'],
  ['contentType', '--content-type'],
  ['ttlSeconds', '--ttl'],
  ['expiresAt', '--expires-at'],
  ['forkOffset', '--offset'],
  ['forkSubOffset', '--sub-offset'],
  ['forkedFrom', 'SOURCE'],
  ['serviceUrl', 'CHAIN_URL'],
  ['subscriberId', 'CHAIN_SUBSCRIBER'],
  ['eventSignature', '--event'],
  ['addresses', '--address'],
  ['startBlock', '--from'],
  ['endBlock', '--to'],
  ['chainId', '--chain-id'],
  ['idleTimeout', '--timeout'],
  ['resumeToken', '--checkpoint'],
]);

/** Whoever runs the program knows none of them. */
const libraryFunction =
  /^(?:\w*durable\w*|IdempotentProducer|eventStreamer|chainEvents|\w+Subscriptions?|anthropicMessages|openai(?:Chat|Responses)|toolLoop)(?:\.\w+)?: /i;

function inFlags(message: string): string {
  const known = (whole: string, name: string): string => flags.get(name) ?? whole;
  const named = message
    .replace(libraryFunction, '')
    .replace(/option "(\w+)"/g, known)
    .replace(/"?\b([a-z]+[A-Z]\w*)\b"?/g, known);
  // The list of what a stream has, where names of one word cannot be told from words.
  return named.replace(/(?<=; it has .*)\b(expansions|partition)\b/g, known);
}
