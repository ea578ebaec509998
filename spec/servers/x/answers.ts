import type { ServerResponse } from 'node:http';

/** Writes heads and bodies with what X puts on every response. */
export interface Answers {
  /** Sets the headers that every response has, streams included. */
  head(response: ServerResponse, headers?: Readonly<Record<string, string>>): void;
  json(response: ServerResponse, status: number, body: object, headers?: Readonly<Record<string, string>>): void;
  html(response: ServerResponse, status: number, body: string, headers?: Readonly<Record<string, string>>): void;
}

export function answers(now: () => number): Answers {
  let transactions = 0;
  const head: Answers['head'] = (response, headers = {}) => {
    response.sendDate = false;
    response.setHeader('date', new Date(now()).toUTCString());
    response.setHeader('x-transaction-id', (++transactions).toString(16).padStart(16, '0'));
    response.setHeader('x-response-time', '7');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
  const write = (response: ServerResponse, status: number, type: string, text: string): void => {
    response.statusCode = status;
    if (!response.hasHeader('content-type')) response.setHeader('content-type', type);
    response.setHeader('content-length', Buffer.byteLength(text));
    response.end(text);
  };
  return {
    head,
    json(response, status, body, headers) {
      head(response, headers);
      const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
      write(response, status, type, JSON.stringify(body));
    },
    html(response, status, body, headers) {
      head(response, headers);
      write(response, status, 'text/html; charset=utf-8', body);
    },
  };
}
