/** The writing side of a server of Durable Streams, by plain requests: what it does must not depend on what is tested. */
export interface Pen {
  /** Makes a JSON stream. */
  create(path: string): Promise<void>;
  /** Gives the new tail. */
  append(path: string, ...values: readonly unknown[]): Promise<string>;
  remove(path: string): Promise<void>;
  close(path: string): Promise<void>;
}

export function pen(root: string): Pen {
  const send = async (path: string, init: RequestInit): Promise<Headers> => {
    const { ok, status, headers } = await fetch(`${root}/${path}`, init);
    if (!ok) throw new Error(`HTTP ${status} for ${path}`);
    return headers;
  };
  const json = { 'content-type': 'application/json' };
  return {
    create: async (path) => void (await send(path, { method: 'PUT', headers: json })),
    append: async (path, ...values) => {
      const headers = await send(path, { method: 'POST', headers: json, body: JSON.stringify(values) });
      return headers.get('stream-next-offset') ?? '';
    },
    remove: async (path) => void (await send(path, { method: 'DELETE' })),
    close: async (path) => void (await send(path, { method: 'POST', headers: { 'stream-closed': 'true' } })),
  };
}
