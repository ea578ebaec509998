import { gzipSync } from 'node:zlib';
import type { StreamErrorType } from '../../lib/errors.js';
import {
  acceptAndReset,
  answer,
  chunk,
  endChunks,
  fin,
  pause,
  raw,
  reset,
  send,
  stall,
  type Step,
} from '../servers/origin-steps.js';

/** What one connection must make of what a server says, over every transport. */
export interface WireCase {
  /** The row of the fault matrix it comes from, and what happens. */
  readonly name: string;
  readonly steps: readonly Step[];
  /** What must have come before the end. */
  readonly text: string;
  /** Nothing for a clean end. A list where transports know different things. */
  readonly failure?: readonly [errorType: StreamErrorType, ...codes: string[]];
}

const twoItems = '{"id":0}\n{"id":1}\n';
const threeItems = `${twoItems}{"id":2}\n`;
const chunked = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const firstChunk = '9\r\n{"id":0}\n\r\n';
const packed = gzipSync(Array.from({ length: 600 }, (_, id) => `{"id":${id}}\n`).join(''));
const damaged = Buffer.from(packed).fill(0xff, 40, 80);

/** Before the first byte of a body. */
export const faultsBeforeBody: readonly WireCase[] = [
  { name: 'T03 RST on accept', steps: [acceptAndReset()], text: '', failure: ['connection_error', 'connection_reset'] },
  {
    // Behind the request: a FIN that comes with the connection itself leaves undici 6.24 waiting, which is the next case.
    name: 'T04 FIN before any byte',
    steps: [fin()],
    text: '',
    failure: ['connection_error', 'connection_reset'],
  },
  {
    name: 'T04b FIN after the request, in the middle of the headers',
    steps: [raw('HTTP/1.1 200 OK\r\ncontent-'), fin()],
    text: '',
    failure: ['connection_error', 'connection_reset', 'protocol_error'],
  },
  {
    name: 'T25 200 KB of headers',
    steps: [raw(`HTTP/1.1 200 OK\r\n${`${'x: '.padEnd(1_000, 'y')}\r\n`.repeat(200)}`), fin()],
    text: '',
    failure: ['connection_error', 'protocol_error'],
  },
  {
    name: 'T26 bytes that are not HTTP',
    steps: [raw('220 smtp ready\r\n'), fin()],
    text: '',
    failure: ['connection_error', 'protocol_error'],
  },
  {
    name: 'T36 two lengths that differ',
    steps: [raw('HTTP/1.1 200 OK\r\ncontent-length: 10\r\ncontent-length: 20\r\n\r\n{"id":0}\n'), fin()],
    text: '',
    failure: ['connection_error', 'protocol_error'],
  },
  {
    name: 'T37 NUL in a header',
    steps: [raw('HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 0\r\n\r\n')],
    text: '',
    failure: ['connection_error', 'protocol_error'],
  },
  {
    name: 'T27 100 Continue that nobody asked for, then nothing',
    steps: [raw('HTTP/1.1 100 Continue\r\n\r\n'), fin()],
    text: '',
    failure: ['connection_error', 'connection_reset', 'protocol_error'],
  },
  {
    name: 'T27b another protocol that nobody asked for, and an open connection',
    steps: [raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\nhello'), stall()],
    text: '',
    failure: ['connection_error', 'connection_reset', 'protocol_error'],
  },
];

/** In an open body: what came before stays. */
export const faultsInBody: readonly WireCase[] = [
  {
    name: 'T07 RST in the middle of a line',
    steps: [answer(200), chunk(twoItems), chunk('{"id'), reset()],
    text: `${twoItems}{"id`,
    failure: ['stream_interrupted', 'interrupted'],
  },
  {
    name: 'T08 FIN without the last chunk',
    steps: [answer(200), chunk(twoItems), chunk('{"id'), fin()],
    text: `${twoItems}{"id`,
    failure: ['stream_interrupted', 'interrupted'],
  },
  {
    name: 'T15 a chunk size that is no number',
    steps: [raw(chunked + firstChunk), pause(20), raw('zz\r\nboo\r\n')],
    text: '{"id":0}\n',
    failure: ['stream_interrupted', 'protocol_error'],
  },
  {
    name: 'T16 a chunk size past all limits',
    steps: [raw(chunked + firstChunk), pause(20), raw('ffffffffffffffffff\r\nboo\r\n')],
    text: '{"id":0}\n',
    failure: ['stream_interrupted', 'protocol_error'],
  },
  {
    name: 'T17 a length that is too big',
    steps: [answer(200, { 'content-length': '5000' }), send(threeItems), fin()],
    text: threeItems,
    failure: ['stream_interrupted', 'interrupted', 'truncated'],
  },
  {
    name: 'T22 gzip with damaged bytes',
    steps: [answer(200, { 'content-encoding': 'gzip' }, damaged)],
    text: '',
    failure: ['stream_interrupted', 'protocol_error'],
  },
];

/** Odd, and all right. */
export const soundAnswers: readonly WireCase[] = [
  { name: 'T10 a clean end of chunks', steps: [answer(200), chunk(threeItems), endChunks()], text: threeItems },
  { name: 'T09 a body that ends with its connection', steps: [answer(200), send(threeItems), fin()], text: threeItems },
  {
    name: 'T18 a length that is too small',
    steps: [answer(200, { 'content-length': '9' }), send(threeItems), fin()],
    text: '{"id":0}\n',
  },
  {
    name: 'T20 gzip, although none was asked for',
    steps: [answer(200, { 'content-encoding': 'gzip' }, packed)],
    text: Array.from({ length: 600 }, (_, id) => `{"id":${id}}\n`).join(''),
  },
  {
    name: 'T27b 103 before 200',
    steps: [raw('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), raw(`${chunked}${firstChunk}0\r\n\r\n`)],
    text: '{"id":0}\n',
  },
  {
    name: 'T38 trailers',
    steps: [raw(`${chunked}${firstChunk}0\r\nx-sum: 1\r\n\r\n`)],
    text: '{"id":0}\n',
  },
  { name: 'H200_empty an empty body', steps: [answer(200)], text: '' },
  { name: 'H204 no content', steps: [answer(204)], text: '' },
];
