import type { StreamErrorCode, StreamErrorType } from '../../lib/errors.js';
import { recordOf, slugOf } from '../../lib/problem.js';

/** Every reason for which a stream of X, or a call beside one, fails. */
export type XErrorCode =
  | StreamErrorCode
  /** The limit of connections is reached; often by a socket of ours that X has not seen die. Retryable, from 5 s on. */
  | 'too_many_connections'
  /** The plan's posts for this day or month are used up. Not retryable. */
  | 'usage_capped'
  /** The account has no credits left. Not retryable. */
  | 'credits_depleted'
  /** The app is not enrolled for this endpoint: a matter of plan and project. */
  | 'client_not_enrolled'
  /** X does not let this client use this endpoint. */
  | 'client_forbidden'
  /** The endpoint takes another kind of token: streams take app-only bearer tokens. */
  | 'unsupported_authentication'
  /** The filtered stream has no rules. */
  | 'no_rules'
  /** A rule is wrong. */
  | 'invalid_rules'
  /** A rule breaks X's policy. */
  | 'noncompliant_rules'
  /** The rule is there already. */
  | 'duplicate_rules'
  /** The limit of rules is reached. */
  | 'rule_cap'
  /** The stream is being set up for the app. Retryable. */
  | 'provisioning_subscription'
  /** X ends the connection for reasons of its own. Retryable at once. */
  | 'operational_disconnect'
  /** A connection inside X broke. Retryable at once. */
  | 'upstream_disconnect'
  /** Something went wrong inside X. Retryable. */
  | 'internal_error'
  /** X dropped us because we read too slowly; what it held for us is lost. Retryable at once. */
  | 'slow_reader'
  /** Somebody closed this connection: another client of the app, or a call. Retryable, with a wait: do not fight. */
  | 'force_disconnect'
  /** X throttles the app. Retryable, with a wait. */
  | 'client_state_degraded'
  /** X says that we went away. Retryable at once. */
  | 'client_disconnected'
  /** An object is there, and not to be had now. */
  | 'resource_unavailable';

/** How to treat a problem. */
export interface ProblemVerdict {
  readonly errorType: StreamErrorType;
  readonly code: XErrorCode;
  /** Whether it is about the connection; the others are about one object, field or call. */
  readonly isDisconnect: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** `disconnect_type` of X's OpenAPI description 2.159; 2.167 no longer lists them, the documentation does. */
const disconnects: ReadonlyMap<string, ProblemVerdict> = new Map([
  ['OperationalDisconnect', over('stream_interrupted', 'operational_disconnect')],
  ['UpstreamOperationalDisconnect', over('stream_interrupted', 'operational_disconnect')],
  ['UpstreamUncleanDisconnect', over('stream_interrupted', 'upstream_disconnect')],
  ['InternalError', over('stream_interrupted', 'internal_error')],
  ['SlowReader', over('stream_interrupted', 'slow_reader')],
  // Whoever closed us wants the place: waiting as after a 503 ends the fight.
  ['ForceDisconnect', over('server_error', 'force_disconnect')],
  ['ClientApplicationStateDegraded', over('server_error', 'client_state_degraded')],
  ['InvalidRules', over('client_error', 'invalid_rules')],
]);

/** `connection_issue` of a `streaming-connection` problem. */
const connectionIssues: ReadonlyMap<string, ProblemVerdict> = new Map([
  ['TooManyConnections', over('rate_limited', 'too_many_connections')],
  ['ProvisioningSubscription', over('server_error', 'provisioning_subscription')],
  ['RuleConfigurationIssue', over('client_error', 'no_rules')],
  ['RulesInvalidIssue', over('client_error', 'invalid_rules')],
]);

/** What follows `/problems/`: hosts and prefixes of the type changed over the years. */
const slugs: ReadonlyMap<string, ProblemVerdict> = new Map([
  ['operational-disconnect', over('stream_interrupted', 'operational_disconnect')],
  ['client-disconnected', over('stream_interrupted', 'client_disconnected')],
  ['internal-error', over('server_error', 'internal_error')],
  ['usage-capped', over('client_error', 'usage_capped')],
  ['credits', over('client_error', 'credits_depleted')],
  ['rate-limit-exceeded', over('rate_limited', 'rate_limited')],
  ['client-forbidden', over('authentication_error', 'client_forbidden')],
  ['unsupported-authentication', over('authentication_error', 'unsupported_authentication')],
  ['invalid-rules', over('client_error', 'invalid_rules')],
  ['noncompliant-rules', local('client_error', 'noncompliant_rules')],
  ['rule-cap', local('client_error', 'rule_cap')],
  ['duplicate-rules', local('client_error', 'duplicate_rules')],
  ['invalid-request', local('client_error', 'bad_request')],
  ['conflict', local('client_error', 'conflict')],
  ['resource-not-found', local('client_error', 'not_found')],
  ['resource-unavailable', local('server_error', 'resource_unavailable')],
  ['field-hydration-failure', local('server_error', 'resource_unavailable')],
  ['disallowed-resource', local('authentication_error', 'forbidden')],
  ['not-authorized-for-field', local('authentication_error', 'forbidden')],
  ['not-authorized-for-resource', local('authentication_error', 'forbidden')],
  ['field-unauthorized', local('authentication_error', 'forbidden')],
]);

/** Titles under which the same problems came without a type that says so. */
const titles: ReadonlyMap<string, ProblemVerdict> = new Map([
  ['UsageCapExceeded', over('client_error', 'usage_capped')],
  ['CreditsDepleted', over('client_error', 'credits_depleted')],
  ['operational-disconnect', over('stream_interrupted', 'operational_disconnect')],
]);

/**
 * What X means by a problem, from its exact members to its vague ones: `disconnect_type`, `connection_issue`, the reason of
 * a `client-forbidden`, the slug, the title, a code of API 1.1. `undefined` for a problem that this version does not know.
 */
export function problemVerdict(members: Members): ProblemVerdict | undefined {
  const { disconnect_type: disconnect, connection_issue: issue, reason, title, type, code } = members;
  if (typeof disconnect === 'string')
    return disconnects.get(disconnect) ?? over('stream_interrupted', 'operational_disconnect');
  if (typeof issue === 'string' && connectionIssues.has(issue)) return connectionIssues.get(issue);
  if (reason === 'client-not-enrolled') return over('authentication_error', 'client_not_enrolled');
  if (isConnectionLimit(members)) return over('rate_limited', 'too_many_connections');
  const bySlug = typeof type === 'string' ? slugs.get(slugOf(type) ?? '') : undefined;
  if (bySlug !== undefined) return bySlug;
  // 88: https://developer.x.com/en/support/x-api/error-troubleshooting
  if (code === 88) return over('rate_limited', 'rate_limited');
  return typeof title === 'string' ? titles.get(title) : undefined;
}

/** The limit of connections where no member names it. */
function isConnectionLimit({ title, detail, connection_issue: issue }: Members): boolean {
  if (issue !== undefined) return false;
  if (typeof detail !== 'string') return title === 'ConnectionException';
  return /TooManyConnections|maximum allowed connection/i.test(detail);
}

/** The problems of a value: those in `errors`, or the value itself. */
export function problemsIn(value: Members): Members[] {
  const { errors } = value;
  return Array.isArray(errors) ? errors.map(recordOf).filter((error) => error !== undefined) : [value];
}

function over(errorType: StreamErrorType, code: XErrorCode): ProblemVerdict {
  return { errorType, code, isDisconnect: true };
}

function local(errorType: StreamErrorType, code: XErrorCode): ProblemVerdict {
  return { errorType, code, isDisconnect: false };
}
