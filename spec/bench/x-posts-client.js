/** One contestant: reads all posts five times and reports the CPU microseconds per post of the last three: what runs for months is warm. */
const [name, url, count] = process.argv.slice(2);
const total = Number(count);

const contestants = {
  /** fetch, decode, split, parse: what nobody can go below without another transport. */
  async bare(onPost) {
    const response = await fetch(`${url}/2/tweets/search/stream`, { headers: { authorization: 'Bearer bench' } });
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of response.body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line.length > 1) onPost(JSON.parse(line));
      }
    }
  },
  async xdk(onPost) {
    const { Client } = await import('@xdevplatform/xdk');
    const client = new Client({ bearerToken: 'bench', baseUrl: url });
    const stream = await client.stream.posts();
    await new Promise((resolve) => {
      stream.on('data', (post) => {
        if (post.data !== undefined) onPost(post);
      });
      stream.on('close', resolve);
    });
  },
  async 'twitter-api-v2'(onPost) {
    // Its host is fixed in its code: the request goes to the local server instead.
    const { default: https } = await import('node:https');
    const { default: http } = await import('node:http');
    const target = new URL(url);
    https.request = (options, ...rest) =>
      http.request(
        {
          ...options,
          protocol: 'http:',
          agent: undefined,
          hostname: target.hostname,
          host: target.hostname,
          port: target.port,
        },
        ...rest,
      );
    const { ETwitterStreamEvent, TwitterApi } = await import('twitter-api-v2');
    const stream = await new TwitterApi('bench').v2.searchStream({ autoConnect: false });
    stream.autoReconnect = false;
    await new Promise((resolve, reject) => {
      stream.on(ETwitterStreamEvent.Data, onPost);
      stream.on(ETwitterStreamEvent.ConnectionClosed, resolve);
      stream.connect({ autoReconnect: false }).catch(reject);
    });
  },
  async tailrace(onPost) {
    const { filteredStream } = await import('../../dist/sources/x/index.js');
    await new Promise((resolve, reject) => {
      filteredStream({ bearerToken: 'bench', baseUrl: url, onComplete: 'complete' }).subscribe({
        next: onPost,
        error: reject,
        complete: resolve,
      });
    });
  },
  async 'tailrace, fetch'(onPost) {
    const { filteredStream } = await import('../../dist/sources/x/index.js');
    await new Promise((resolve, reject) => {
      filteredStream({
        bearerToken: 'bench',
        baseUrl: url,
        onComplete: 'complete',
        fetch: globalThis.fetch,
      }).subscribe({
        next: onPost,
        error: reject,
        complete: resolve,
      });
    });
  },
};

async function pass() {
  let posts = 0;
  await contestants[name]((post) => {
    posts += post.data.text === undefined ? 0 : 1;
  });
  // A contestant that loses posts is told of, not left out.
  if (posts !== total) process.stderr.write(`${name}: ${posts} of ${total} posts\n`);
}

const measured = 3;
for (let warm = 0; warm < 2; warm += 1) await pass();
const before = process.cpuUsage();
for (let n = 0; n < measured; n += 1) await pass();
const { user, system } = process.cpuUsage(before);
const microseconds = (user + system) / (measured * total);
process.stdout.write(`${JSON.stringify({ microseconds })}\n`, () => process.exit(0));
