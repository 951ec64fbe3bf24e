// The AI SDK against a running Turnpike, with one of its providers and nothing changed but base URL and key. Prints
// one line of JSON with what it saw, and with --calls-out a file for ledger.mjs to compare. It judges nothing.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, Output, embedMany, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { readArguments, required } from './arguments.mjs';
import { Calls, countRequests } from './calls.mjs';

const given = readArguments({
  provider: undefined,
  'base-url': undefined,
  key: undefined,
  model: undefined,
  'tools-model': undefined,
  'structured-model': undefined,
  'slow-model': undefined,
  'down-model': undefined,
  'embedding-model': undefined,
  'calls-out': undefined,
});
const kind = required(given, 'provider');
const baseURL = required(given, 'base-url');
const model = required(given, 'model');

const sent = countRequests();
const calls = new Calls();

/** The models of one kind of provider, by name. */
function provider(apiKey) {
  switch (kind) {
    case 'openai':
      return createOpenAI({ baseURL, apiKey }).chat;
    case 'openai-compatible':
      return createOpenAICompatible({ name: 'gateway', baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });
    case 'anthropic':
      return createAnthropic({ baseURL, apiKey });
    default:
      throw new Error(`no such provider: ${kind}`);
  }
}

function embeddings(apiKey) {
  const open = createOpenAI({ baseURL, apiKey });
  return kind === 'openai' ? open.embedding(given['embedding-model']) : provider(apiKey).embeddingModel(given['embedding-model']);
}

const own = provider(required(given, 'key'));
const prompt = 'Hello';
const tools = {
  get_weather: tool({
    description: 'Weather of a city',
    inputSchema: jsonSchema({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    }),
    execute: async ({ city }) => `sunny in ${city}`,
  }),
};

function called(step, stream, facts) {
  calls.add(step.response.headers['x-request-id'], step.usage.inputTokens, step.usage.outputTokens, {
    outcome: 'COMPLETED',
    stream,
    ...facts,
  });
}

async function plain() {
  const answer = await generateText({ model: own(model), prompt });
  called(answer, false, { model });
  return { text: answer.text, finish_reason: answer.finishReason, usage: answer.usage };
}

async function streamed() {
  const stream = streamText({ model: own(model), prompt });
  let text = '';
  for await (const piece of stream.textStream) text += piece;
  const [step] = await stream.steps;
  called(step, true, { model });
  return { text, finish_reason: await stream.finishReason, usage: await stream.usage };
}

/** The SDK calls the tool and sends its result back by itself. */
async function withTools(stream) {
  const options = { model: own(given['tools-model']), prompt, tools, stopWhen: stepCountIs(3) };
  let steps;
  let text;
  if (stream) {
    const answer = streamText(options);
    for await (const _ of answer.textStream);
    steps = await answer.steps;
    text = await answer.text;
  } else {
    const answer = await generateText(options);
    steps = answer.steps;
    text = answer.text;
  }
  steps.forEach((step) => called(step, stream, { model: given['tools-model'] }));
  const [call] = steps[0].toolCalls;
  return { steps: steps.length, name: call.toolName, input: call.input, result: steps[0].toolResults[0].output, text };
}

async function structured() {
  const schema = jsonSchema({
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'number' } },
    required: ['city', 'days'],
    additionalProperties: false,
  });
  const answer = await generateText({ model: own(given['structured-model']), prompt, output: Output.object({ schema }) });
  called(answer.steps[0], false, { model: given['structured-model'] });
  return answer.output;
}

async function embedded() {
  const answer = await embedMany({ model: embeddings(given.key), values: ['one', 'two'] });
  for (const response of answer.responses) {
    calls.add(response.headers['x-request-id'], answer.usage.tokens, 0, { outcome: 'COMPLETED' });
  }
  return { vectors: answer.embeddings, tokens: answer.usage.tokens };
}

async function failing(models, name) {
  const before = sent();
  try {
    await generateText({ model: models(name), prompt });
    return { error: null, attempts: sent() - before };
  } catch (error) {
    const cause = APICallError.isInstance(error) ? error : error.lastError;
    return { error: error.name, status: cause?.statusCode, message: cause?.message, attempts: sent() - before };
  }
}

async function aborted() {
  const controller = new AbortController();
  const stream = streamText({ model: own(given['slow-model']), prompt, abortSignal: controller.signal, onError: () => {} });
  let texts = 0;
  try {
    for await (const _ of stream.textStream) {
      texts += 1;
      if (texts === 3) controller.abort();
    }
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
  return { texts };
}

const result = {
  plain: await plain(),
  streamed: await streamed(),
  wrong_key: await failing(provider(`${given.key}x`), model),
  unknown_model: await failing(own, `${model}-unknown`),
};
if (given['tools-model']) {
  result.tools = await withTools(false);
  result.streamed_tools = await withTools(true);
}
if (given['structured-model']) result.structured = await structured();
if (given['embedding-model']) result.embedded = await embedded();
if (given['down-model']) result.down = await failing(own, given['down-model']);
if (given['slow-model']) result.aborted = await aborted();

calls.write(given['calls-out']);
console.log(JSON.stringify(result));
