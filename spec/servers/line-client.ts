/** A streamed answer as a client sees it, line by line. */
export interface LineClient {
  readonly status: number;
  readonly headers: Headers;
  /** The lines so far, without their ends; keep-alives are empty lines. */
  readonly lines: readonly string[];
  /** What has come of a line that has not ended. */
  readonly rest: string;
  /** How the body ended: `end`, or the name and code of the error. */
  readonly ended: Promise<string>;
  close(): void;
}

/** Opens a stream with fetch and reads it to its end in the background. X ends its lines with CR LF, the Event Streamer with LF. */
export async function openLines(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  lineEnd: '\r\n' | '\n' = '\r\n',
): Promise<LineClient> {
  const abort = new AbortController();
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers }, signal: abort.signal });
  const lines: string[] = [];
  let rest = '';
  const take = (text: string): void => {
    const parts = (rest + text).split(lineEnd);
    rest = parts.pop() ?? '';
    lines.push(...parts);
  };
  return {
    status: response.status,
    headers: response.headers,
    lines,
    get rest() {
      return rest;
    },
    ended: readAll(response, take),
    close: () => abort.abort(),
  };
}

async function readAll(response: Response, take: (text: string) => void): Promise<string> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) take(decoder.decode(bytes, { stream: true }));
    return 'end';
  } catch (error) {
    return describe(error);
  }
}

/** Errors of fetch are no `instanceof Error` inside jest. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const name = 'name' in error ? String(error.name) : 'unknown';
  const cause = 'cause' in error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? ` ${String(cause.code)}` : '';
  return name + code;
}
