import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isOwnHost, isOwnRequest } from './own-page.js';
import type { StaticFiles } from './static-files.js';
import type { StreamsApi } from './streams-api.js';

/** What the site is made of. */
export interface SiteOptions {
  readonly files: StaticFiles;
  readonly api: StreamsApi;
  /** With every answer. */
  readonly headers: OutgoingHttpHeaders;
  /** Where it listens. */
  readonly port: () => number;
}

/** Answers a request to the console: its interface below `/api/`, and the page. */
export function siteHandler(options: SiteOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    for (const [name, value] of Object.entries(options.headers)) response.setHeader(name, value ?? '');
    // Nobody is left to be told of a connection that breaks.
    response.on('error', () => undefined);
    answer(options, request, response).catch(() => response.destroy());
  };
}

async function answer(
  { files, api, port }: SiteOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request;
  if (!isOwnHost(request, port())) {
    sayPlainly(response, 403, `open http://127.0.0.1:${port()}/`);
  } else if (url.startsWith('/api/')) {
    await api.answer(request, response, isOwnRequest(request, port()));
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    sayPlainly(response, 405, 'use GET here');
  } else if (!files.send(url.replace(/\?.*/s, ''), response, method)) {
    sayPlainly(response, 404, 'there is no such file');
  }
}

function sayPlainly(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}
