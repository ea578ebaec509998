const secretNames: ReadonlySet<string> = new Set([
  ...['token', 'access_token', 'bearer', 'bearer_token', 'auth', 'authorization'],
  ...['password', 'secret', 'client_secret'],
  ...['key', 'api_key', 'apikey', 'api-key', 'x-api-key', 'access_key'],
]);

/** The first of these query parameters that is a credential by its name. */
export function secretIn(names: Iterable<string>): string | undefined {
  return [...names].find((name) => secretNames.has(name.toLowerCase()));
}

/** Whether a header, in lower case, is a credential by its name. */
export function isSecretHeader(name: string): boolean {
  return /auth|key|token|secret|cookie/.test(name);
}

/** Words of a header that say what kind of credential follows. */
const schemes = /^(?:bearer|basic|digest)$/i;
/** Anything shorter would also be found in plain words. */
const shortestSecret = 6;

/** The texts of a request that must never appear in an error, the longest first: one may be part of another. */
export function secretsOf(headers: Readonly<Record<string, string>>, { searchParams }: URL): string[] {
  const inHeaders = Object.entries(headers)
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;=,]+/)]);
  const inQuery = [...searchParams]
    .filter(([name]) => secretNames.has(name.toLowerCase()))
    .flatMap(([, value]) => [value, encodeURIComponent(value)]);
  return [...inHeaders, ...inQuery]
    .filter((secret) => secret.length >= shortestSecret && !schemes.test(secret))
    .sort((a, b) => b.length - a.length);
}

/** Takes known secrets out of what a server says. */
export function redact(said: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), said);
}
