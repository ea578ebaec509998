/** What an error body says, read leniently from RFC 9457 problems and the common shapes beside them. */
export interface Problem {
  /** The problem's type URI, or the service's own word for it. */
  readonly type: string | undefined;
  /** What follows `/problems/` in the type: the only part that services keep stable. */
  readonly slug: string | undefined;
  readonly title: string | undefined;
  readonly detail: string | undefined;
  /** Title and detail in one line, for messages. */
  readonly summary: string | undefined;
  /** The whole object, for members that a service adds. */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Reads a body that may be a problem; `undefined` for HTML, plain text, and JSON that names nothing. Never throws. */
export function readProblem(body: string): Problem | undefined {
  try {
    return problemOf(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** The same for a value that is parsed already. Looks one level into `error` or into the first of `errors`. */
export function problemOf(value: unknown): Problem | undefined {
  const members = recordOf(value);
  return members === undefined ? undefined : (flatProblem(members) ?? innerProblem(members));
}

function flatProblem(members: Readonly<Record<string, unknown>>): Problem | undefined {
  const type = textOf(members['type']);
  const title = textOf(members['title']);
  const detail = textOf(members['detail']) ?? textOf(members['message']);
  const flat = [title, detail].filter((part) => part !== undefined).join(': ');
  if (flat === '') return undefined;
  const summary = oneLine(flat);
  return { type, slug: type === undefined ? undefined : slugOf(type), title, detail, summary, members };
}

function innerProblem(members: Readonly<Record<string, unknown>>): Problem | undefined {
  const { error, errors } = members;
  if (typeof error === 'string') {
    const text = textOf(members['error_description']) ?? error;
    return { type: error, slug: undefined, title: error, detail: undefined, summary: oneLine(text), members };
  }
  // One level and no more: a body of nothing but `{"error":` would go as deep as the stack.
  const inner = recordOf(Array.isArray(errors) ? errors[0] : error);
  return inner === undefined ? undefined : flatProblem(inner);
}

/** `usage-capped` of `https://api.example.com/2/problems/usage-capped`. */
export function slugOf(type: string): string | undefined {
  const at = type.lastIndexOf('/problems/');
  return at < 0 ? undefined : type.slice(at + '/problems/'.length).replace(/[/#?].*$/s, '');
}

/** A plain object's members, whose values are still unknown. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Control characters and direction marks would let a server write into a log or turn its lines around. */
function oneLine(text: string): string {
  return text.slice(0, 1_000).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
