/**
 * One contestant on one task: `node llm-client.js TASK NAME WIRE SIZE OPTION`. The body is in memory, so that only reading it is measured.
 *
 * `deltas`: SIZE text deltas in chunks of OPTION bytes, 0 for one event each; five passes, of which the last three count, or the last of two.
 * `input`: a tool input of SIZE characters in the shape OPTION, 8 at a time, with a look at each; it tells how many of them found a value.
 * `event`: one event of SIZE characters. The last two are measured after a warm-up with less.
 */
import { ReadableStream } from 'node:stream/web';
import { bare, tailrace } from './llm-readers.js';
import { deltaText, longEvents, textEvents, toolEvents, toolInput } from './llm-streams.js';
import * as vendors from './llm-vendors.js';

const [task, name, wire, wanted, option] = process.argv.slice(2);
const size = Number(wanted);
const encoder = new TextEncoder();

const contestants = {
  bare,
  tailrace,
  '@anthropic-ai/sdk': vendors.anthropicSdk,
  '@anthropic-ai/sdk, events only': vendors.anthropicSdkRaw,
  openai: vendors.openaiSdk,
  'openai, events only': vendors.openaiSdkRaw,
  ai: vendors.aiSdk,
};
const read = contestants[name];

/** Answers every request with these events, `bytes` at a time; 0 for one event at a time. */
function answering(events, bytes) {
  const pieces =
    bytes === 0 ? events.map((event) => encoder.encode(event)) : cut(encoder.encode(events.join('')), bytes);
  return async () => {
    let at = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        if (at === pieces.length) return controller.close();
        // Some readers take the buffer away.
        controller.enqueue(pieces[at].slice());
        at += 1;
      },
    });
    return new globalThis.Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}

function cut(bytes, size) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
  return pieces;
}

async function measure(action, times = 1) {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n += 1) await action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / times;
}

/** A contestant that loses something is told of, not left out. */
function check(isRight, what) {
  if (!isRight) process.stderr.write(`${name}: wrong ${what}\n`);
}

async function deltas() {
  const fetch = answering(textEvents(wire, size), Number(option));
  const pass = async () => {
    let seen = 0;
    const text = await read({ wire, fetch }, (delta) => {
      seen += delta.length;
    });
    check(seen === size * deltaText.length, `deltas: ${seen / deltaText.length} of ${size}`);
    check(text === deltaText.repeat(size), 'text');
  };
  const first = await measure(pass);
  // One that takes seconds is warm after one pass.
  if (first > 1) return { seconds: await measure(pass) };
  await measure(pass);
  return { seconds: await measure(pass, 3) };
}

async function input() {
  const once = async (length) => {
    const json = toolInput(option, length);
    const fetch = answering(toolEvents(wire, json, 8), 16_384);
    let looks = 0;
    let value;
    let failure;
    const look = (live) => {
      if (live?.path !== undefined) looks += 1;
    };
    const seconds = await measure(async () => {
      try {
        value = await read({ wire, fetch }, undefined, look);
      } catch (error) {
        failure = error.message;
      }
    });
    check(failure === undefined && JSON.stringify(value) === json, `input: ${failure}`);
    return { seconds, live: Math.min(1, looks / (json.length / 8)), isRefused: failure !== undefined };
  };
  await once(4_096);
  return once(size);
}

async function event() {
  const once = async (length) => {
    const fetch = answering(longEvents(wire, length), 1_024);
    let text;
    const seconds = await measure(async () => {
      text = await read({ wire, fetch }, () => undefined);
    });
    check(text.length === length, 'text');
    return seconds;
  };
  await once(100_000);
  return { seconds: await once(size) };
}

const result = await { deltas, input, event }[task]();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
