/** An RFC 7807 body in X's dialect. */
export interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly type: string;
  readonly status?: number;
  readonly [extra: string]: unknown;
}

/** One complaint about a request. */
export interface ParameterError {
  readonly message: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/** X still names its old host in these. */
export function problemType(slug: string): string {
  return `https://api.twitter.com/2/problems/${slug}`;
}

export function invalidRequest(errors: readonly ParameterError[]): Problem {
  return {
    errors,
    title: 'Invalid Request',
    detail: 'One or more parameters to your request was invalid.',
    type: problemType('invalid-request'),
  };
}

/** A problem without a type of its own: the status says it all. */
export function plainProblem(status: number, title: string, detail: string = title): Problem {
  return { title, detail, type: 'about:blank', status };
}

export const unauthorized: Problem = plainProblem(401, 'Unauthorized');

export const tooManyRequests: Problem = plainProblem(429, 'Too Many Requests');

export const noRules: Problem = {
  title: 'ConnectionException',
  detail: 'You must define rules for your client application before connecting to this stream.',
  connection_issue: 'RuleConfigurationIssue',
  type: problemType('streaming-connection'),
};

export const tooManyConnections: Problem = {
  title: 'ConnectionException',
  detail: 'This stream is currently at the maximum allowed connection limit.',
  connection_issue: 'TooManyConnections',
  type: problemType('streaming-connection'),
};

/** The words of the description; X may add more at any time. */
export type DisconnectType =
  | 'OperationalDisconnect'
  | 'UpstreamOperationalDisconnect'
  | 'ForceDisconnect'
  | 'UpstreamUncleanDisconnect'
  | 'SlowReader'
  | 'InternalError'
  | 'ClientApplicationStateDegraded'
  | 'InvalidRules';

/** The last line before the server closes a stream. */
export function disconnectNotice(disconnectType: DisconnectType): { readonly errors: readonly Problem[] } {
  const problem = {
    title: 'operational-disconnect',
    disconnect_type: disconnectType,
    detail: 'This stream has been disconnected for operational reasons.',
    type: problemType('operational-disconnect'),
  };
  return { errors: [problem] };
}
