// Anthropic's own client against a running Turnpike, with nothing changed but base URL and key. Prints one line
// of JSON with what it saw, and with --calls-out a file for ledger.mjs to compare. It judges nothing.

import Anthropic from '@anthropic-ai/sdk';
import { readArguments, required } from './arguments.mjs';
import { Calls, countRequests } from './calls.mjs';

const given = readArguments({
  'base-url': undefined,
  key: undefined,
  model: undefined,
  'tools-model': undefined,
  'structured-model': undefined,
  'slow-model': undefined,
  'down-model': undefined,
  'calls-out': undefined,
});
const baseURL = required(given, 'base-url');
const apiKey = required(given, 'key');
const model = required(given, 'model');

const sent = countRequests();
const calls = new Calls();
const client = new Anthropic({ baseURL, apiKey });
const messages = [{ role: 'user', content: 'Hello' }];
const tools = [
  {
    name: 'get_weather',
    description: 'Weather of a city',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
];

function called(requestId, usage, facts) {
  const input =
    usage === undefined
      ? undefined
      : usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
  calls.add(requestId, input, usage?.output_tokens, { outcome: 'COMPLETED', ...facts });
}

async function create(body) {
  const { data, request_id: id } = await client.messages.create({ max_tokens: 64, ...body }).withResponse();
  called(id, data.usage, { model: body.model, stream: false });
  return data;
}

const textOf = (message) => message.content.filter((b) => b.type === 'text').map((b) => b.text).join('');

async function plain() {
  const message = await create({ model, messages });
  return { text: textOf(message), model: message.model, stop_reason: message.stop_reason, usage: message.usage };
}

async function streamed() {
  const stream = client.messages.stream({ model, max_tokens: 64, messages });
  const message = await stream.finalMessage();
  called(stream.request_id, message.usage, { model, stream: true });
  return { text: textOf(message), stop_reason: message.stop_reason, usage: message.usage };
}

/** Calls the tool that is asked for and sends its result back. */
async function withTools(stream) {
  const body = { model: given['tools-model'], max_tokens: 64, tools };
  const ask = async (history) => {
    if (!stream) return create({ ...body, messages: history });
    const events = client.messages.stream({ ...body, messages: history });
    const message = await events.finalMessage();
    called(events.request_id, message.usage, { model: body.model, stream: true });
    return message;
  };
  const first = await ask(messages);
  const use = first.content.find((block) => block.type === 'tool_use');
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }] };
  const second = await ask([...messages, { role: 'assistant', content: first.content }, result]);
  return { stop_reason: first.stop_reason, name: use.name, input: use.input, text: textOf(second) };
}

async function structured() {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'number' } },
    required: ['city', 'days'],
    additionalProperties: false,
  };
  const message = await create({
    model: given['structured-model'],
    messages,
    output_config: { format: { type: 'json_schema', schema } },
  });
  return JSON.parse(textOf(message));
}

async function counted() {
  return (await client.messages.countTokens({ model, messages })).input_tokens;
}

async function failing(other, body) {
  const before = sent();
  try {
    await other.messages.create({ max_tokens: 64, ...body });
    return { error: null, attempts: sent() - before };
  } catch (error) {
    return {
      error: error.constructor.name,
      status: error.status,
      type: error.error?.error?.type,
      request_id: error.requestID,
      attempts: sent() - before,
    };
  }
}

async function aborted() {
  const stream = client.messages.stream({ model: given['slow-model'], max_tokens: 64, messages });
  let texts = 0;
  let requestId;
  try {
    for await (const event of stream) {
      texts += event.type === 'content_block_delta' ? 1 : 0;
      if (texts === 3) {
        requestId = stream.request_id;
        stream.abort();
      }
    }
  } catch (error) {
    if (error.constructor.name !== 'APIUserAbortError') throw error;
  }
  called(requestId, undefined, { model: given['slow-model'], stream: true, outcome: 'CLIENT_GONE' });
  return { texts, request_id: requestId };
}

const result = {
  models: (await client.models.list()).data.map((each) => each.id),
  plain: await plain(),
  streamed: await streamed(),
  counted: await counted(),
  wrong_key: await failing(new Anthropic({ baseURL, apiKey: `${apiKey}x` }), { model, messages }),
  unknown_model: await failing(client, { model: `${model}-unknown`, messages }),
};
if (given['tools-model']) {
  result.tools = await withTools(false);
  result.streamed_tools = await withTools(true);
}
if (given['structured-model']) result.structured = await structured();
if (given['down-model']) result.down = await failing(client, { model: given['down-model'], messages });
if (given['slow-model']) result.aborted = await aborted();

calls.write(given['calls-out']);
console.log(JSON.stringify(result));
