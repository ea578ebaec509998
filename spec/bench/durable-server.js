/**
 * Durable Streams from prepared bytes, as fast as the reader takes them: `node durable-server.js`. No store and no rules: it answers what
 * the bench asks, so that it is never what is measured.
 *
 * `/sse/N/PER_EVENT` N messages as an event stream, `/pages/N/PER_PAGE` the same by long-poll, `/body/N` in one catch-up answer,
 * `/event/N` in one event. All are closed at their end.
 */
import { createServer } from 'node:http';

const pieceLength = 65_536;
const prepared = new Map();

const kinds = { sse: eventStream, pages: longPoll, body: catchUp, event: oneEvent };

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const [kind, ...numbers] = pathname.slice(1).split('/');
  const key = `${kind} ${numbers.join(' ')}`;
  let answer = prepared.get(key);
  // Made when first asked for, with a HEAD before the clock of a contestant runs.
  if (answer === undefined) prepared.set(key, (answer = kinds[kind](...numbers.map(Number))));
  if (request.method === 'HEAD') return response.end();
  answer(response, searchParams);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${server.address().port}\n`));

function eventStream(count, perEvent) {
  const pieces = cut(() => {
    let at = 0;
    return () => {
      let text = '';
      while (at < count && text.length < pieceLength) {
        const end = Math.min(at + perEvent, count);
        text += `event: data\ndata:[${messages(at, end)}]\n\n${control(end, end === count)}`;
        at = end;
      }
      return text;
    };
  });
  return answerEvents(pieces);
}

function oneEvent(count) {
  const pieces = cut(() => {
    const next = arrayTexts(count);
    let last = false;
    let first = true;
    return () => {
      const text = next();
      if (text !== '') {
        const head = first ? 'event: data\ndata:' : '';
        first = false;
        return head + text;
      }
      if (last) return '';
      last = true;
      return `\n\n${control(count, true)}`;
    };
  });
  return answerEvents(pieces);
}

/** Catch-up first, which is empty: the type of the data is learned there. */
function answerEvents(pieces) {
  return (response, params) => {
    if (params.get('live') !== 'sse') return page(response, '[]', { next: offsetOf(0), upToDate: true });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    send(response, pieces);
  };
}

function catchUp(count) {
  const pieces = cut(() => arrayTexts(count));
  return (response) => {
    const position = { next: offsetOf(count), upToDate: true, closed: true };
    response.writeHead(200, headersOf(position));
    send(response, pieces);
  };
}

function longPoll(count, perPage) {
  const pages = [];
  for (let at = 0; at < count; at += perPage) pages.push(Buffer.from(`[${messages(at, at + perPage)}]`));
  return (response, params) => {
    if (params.get('live') !== 'long-poll') return page(response, '[]', { next: offsetOf(0), upToDate: true });
    const at = numberOf(params.get('offset')) / perPage;
    const position = {
      next: offsetOf((at + 1) * perPage),
      upToDate: true,
      cursor: '1',
      closed: at === pages.length - 1,
    };
    page(response, pages[at], position);
  };
}

function page(response, body, position) {
  response.writeHead(200, { ...headersOf(position), 'content-length': body.length });
  response.end(body);
}

function headersOf({ next, upToDate, cursor, closed }) {
  return {
    'content-type': 'application/json',
    'stream-next-offset': next,
    ...(upToDate && { 'stream-up-to-date': 'true' }),
    ...(cursor !== undefined && { 'stream-cursor': cursor }),
    ...(closed && { 'stream-closed': 'true' }),
  };
}

function send(response, pieces) {
  let at = 0;
  const push = () => {
    while (at < pieces.length) {
      const more = response.write(pieces[at]);
      at += 1;
      if (!more) return response.once('drain', push);
    }
    response.end();
  };
  push();
}

/** Texts until the empty one, as buffers. */
function cut(begin) {
  const next = begin();
  const pieces = [];
  for (let text = next(); text !== ''; text = next()) pieces.push(Buffer.from(text));
  return pieces;
}

/** One array, in pieces. */
function arrayTexts(count) {
  const perText = 500;
  let at = 0;
  return () => {
    if (at >= count) return '';
    const end = Math.min(at + perText, count);
    const text = `${at === 0 ? '[' : ','}${messages(at, end)}${end === count ? ']' : ''}`;
    at = end;
    return text;
  };
}

function messages(from, to) {
  const texts = [];
  for (let id = from; id < to; id += 1) {
    texts.push(
      `{"id":${id},"user":"user-${id % 977}","page":"/shop/items/${id % 7919}","at":${1_760_000_000_000 + id}}`,
    );
  }
  return texts.join(',');
}

function control(end, closed) {
  const value = closed
    ? { streamNextOffset: offsetOf(end), upToDate: true, streamClosed: true }
    : { streamNextOffset: offsetOf(end), streamCursor: '3340780', upToDate: true };
  return `event: control\ndata:${JSON.stringify(value)}\n\n`;
}

function offsetOf(count) {
  return `0000000000000000_${String(count).padStart(16, '0')}`;
}

function numberOf(offset) {
  return Number(offset.slice(17));
}
