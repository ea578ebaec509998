/** One contestant, alone in its process: `node frames-client.js KIND NAME`. */
import { createParser } from 'eventsource-parser';
import { Observable } from 'rxjs';
import { lines, sse } from '../../dist/lib/index.js';

const [kind, name] = process.argv.slice(2);
const encoder = new TextEncoder();
const chunkSize = 65_536;

function chunksOf(text, size) {
  const bytes = encoder.encode(text);
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

const line = `${JSON.stringify({ id: '1800000000000000000', text: 'x'.repeat(1_450) })}\r\n`;
const event = `data: ${JSON.stringify({ delta: 'x'.repeat(176) })}\n\n`;
const japanese = `data: ${JSON.stringify({ delta: 'ストリーム'.repeat(11) })}\n\n`;

const inputs = {
  'NDJSON lines of 1.5 KB in 64 KB chunks': () => chunksOf(line.repeat(20_000), chunkSize),
  'events of 200 bytes in 64 KB chunks': () => chunksOf(event.repeat(150_000), chunkSize),
  'events of 200 bytes, one a chunk': () => Array.from({ length: 150_000 }, () => encoder.encode(event)),
  'events of 200 bytes of Japanese, one a chunk': () => Array.from({ length: 150_000 }, () => encoder.encode(japanese)),
};

const contestants = {
  'bare split': (chunks, onFrame) => {
    const decoder = new TextDecoder();
    let rest = '';
    for (const chunk of chunks) {
      const all = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = all.pop();
      for (const one of all) onFrame(one);
    }
  },
  lines: (chunks, onFrame) => emitting(chunks).pipe(lines()).subscribe(onFrame),
  'eventsource-parser': (chunks, onFrame) => {
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ data }) => onFrame(data) });
    for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  },
  sse: (chunks, onFrame) =>
    emitting(chunks)
      .pipe(sse())
      .subscribe(({ data }) => onFrame(data)),
};

function emitting(chunks) {
  return new Observable((subscriber) => {
    for (const chunk of chunks) subscriber.next(chunk);
    subscriber.complete();
  });
}

function measure(action) {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function speed() {
  const chunks = inputs[kind]();
  const megabytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 1e6;
  let seen = 0;
  const pass = () => contestants[name](chunks, (frame) => (seen += frame.length));
  for (let warm = 0; warm < 3; warm += 1) pass();
  const seconds = measure(() => {
    for (let n = 0; n < 5; n += 1) pass();
  });
  return { megabytesPerSecond: (5 * megabytes) / seconds, seen };
}

function extreme() {
  const one = encoder.encode('x');
  const piece = new Uint8Array(chunkSize).fill(0x78);
  const lf = encoder.encode('\n');
  const sources = {
    '100 MB without a newline': function* () {
      for (let n = 0; n < 1_600; n += 1) yield piece;
    },
    '50 MB of one-byte chunks': () => bytewise(50_000_000),
    '5 MB of one-byte chunks': () => bytewise(5_000_000),
  };
  function* bytewise(count) {
    for (let n = 1; n <= count; n += 1) yield n % 1_000 === 0 ? lf : one;
  }
  let outcome = '';
  let count = 0;
  const seconds = measure(() =>
    emitting(sources[name]())
      .pipe(lines())
      .subscribe({
        next: () => (count += 1),
        error: (error) => (outcome = error.code),
        complete: () => (outcome = `${count} lines`),
      }),
  );
  return { outcome, seconds, megabytes: process.resourceUsage().maxRSS / 1_024 };
}

process.stdout.write(`${JSON.stringify(kind === 'extreme' ? extreme() : speed())}\n`);
