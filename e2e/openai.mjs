// OpenAI's own client against a running Turnpike, with nothing changed but base URL and key. Prints
// one line of JSON with what it saw, and with --calls-out a file for ledger.mjs to compare.
// It judges nothing: whoever runs it decides what is right. A step whose key is not given is left out.

import fs from 'node:fs';
import OpenAI from 'openai';
import { readArguments, required } from './arguments.mjs';

const given = readArguments({
  'base-url': undefined,
  key: undefined,
  model: undefined,
  'slow-model': undefined,
  'quota-key': undefined,
  'minute-key': undefined,
  'second-key': undefined,
  'calls-out': undefined,
});
const baseURL = required(given, 'base-url');
const apiKey = required(given, 'key');
const model = required(given, 'model');

// The client looks the global up when it is made; counting there leaves its configuration alone.
let requestsSent = 0;
const realFetch = globalThis.fetch;
globalThis.fetch = (...args) => {
  requestsSent += 1;
  return realFetch(...args);
};

const client = new OpenAI({ baseURL, apiKey });
const messages = [{ role: 'user', content: 'Count to three.' }];
const calls = [];

function called(requestId, usage, facts) {
  calls.push({
    request_id: requestId,
    model,
    input_tokens: usage?.prompt_tokens,
    output_tokens: usage?.completion_tokens,
    ...facts,
  });
}

async function listModels() {
  const ids = [];
  for await (const each of await client.models.list()) ids.push(each.id);
  return ids;
}

async function plain() {
  const { data, response, request_id: requestId } = await client.chat.completions
    .create({ model, messages })
    .withResponse();
  called(requestId, data.usage, { stream: false, outcome: 'COMPLETED' });
  return {
    text: data.choices[0].message.content,
    finish_reason: data.choices[0].finish_reason,
    model: data.model,
    usage: data.usage,
    request_id: requestId,
    limit_headers: [...response.headers.keys()].filter((name) => name.startsWith('x-ratelimit-')),
  };
}

async function streamed(streamOptions) {
  const { data, request_id: requestId } = await client.chat.completions
    .create({ model, messages, stream: true, ...streamOptions })
    .withResponse();
  let text = '';
  let chunks = 0;
  let usage = null;
  for await (const chunk of data) {
    chunks += 1;
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  called(requestId, usage, { stream: true, outcome: 'COMPLETED' });
  return { text, chunks, usage, request_id: requestId };
}

/** What the client throws, with the number of requests it sent before it gave up. */
async function failing(other, body, options) {
  const before = requestsSent;
  try {
    await other.chat.completions.create(body, options);
    return { error: null, attempts: requestsSent - before };
  } catch (error) {
    return {
      error: error.constructor.name,
      status: error.status,
      code: error.code,
      type: error.type,
      request_id: error.requestID,
      retry_after: error.headers?.get('retry-after') ?? null,
      should_retry: error.headers?.get('x-should-retry') ?? null,
      decision: error.error?.decision ?? null,
      attempts: requestsSent - before,
    };
  }
}

/** The first call is within the limit of one a day or minute, the second is not. */
async function overLimit(key, options) {
  const limited = new OpenAI({ baseURL, apiKey: key });
  const first = await failing(limited, { model, messages }, options);
  return { first, second: await failing(limited, { model, messages }, options) };
}

async function aborted() {
  const { data, request_id: requestId } = await client.chat.completions
    .create({ model: given['slow-model'], messages, stream: true })
    .withResponse();
  let chunks = 0;
  for await (const chunk of data) {
    chunks += chunk.choices[0]?.delta?.content ? 1 : 0;
    if (chunks === 3) data.controller.abort();
  }
  called(requestId, undefined, { model: given['slow-model'], stream: true, outcome: 'CLIENT_GONE' });
  return { chunks, request_id: requestId };
}

const result = {
  models: await listModels(),
  plain: await plain(),
  streamed: await streamed({}),
  streamed_with_usage: await streamed({ stream_options: { include_usage: true } }),
  wrong_key: await failing(new OpenAI({ baseURL, apiKey: `${apiKey}x` }), { model, messages }),
  unknown_model: await failing(client, { model: `${model}-unknown`, messages }),
};
if (given['quota-key']) result.quota = await overLimit(given['quota-key'], {});
if (given['minute-key']) result.minute = await overLimit(given['minute-key'], { maxRetries: 0 });
if (given['second-key']) result.second = await overLimit(given['second-key'], {});
if (given['slow-model']) result.aborted = await aborted();

if (given['calls-out']) {
  fs.writeFileSync(given['calls-out'], calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
}
console.log(JSON.stringify(result));
