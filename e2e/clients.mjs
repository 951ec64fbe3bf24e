// Runs vendors' clients against a running Turnpike, with nothing changed but base URL and key. Prints one line of
// JSON for each run with what it saw; --calls-out gives a file for ledger.mjs to compare. It judges nothing: whoever
// runs it decides what is right.
//
//   node clients.mjs --client openai-chat --url http://127.0.0.1:8080 --key tp_... --model acme/chat
//   node clients.mjs --plan plan.json      # an array of {name, client, url, key, models}, all run at once

import fs from 'node:fs';
import { aiSdk } from './ai-sdk.mjs';
import { anthropic } from './anthropic.mjs';
import { readArguments, required } from './arguments.mjs';
import { openAiAzure } from './openai-azure.mjs';
import { openAiChat } from './openai-chat.mjs';
import { openAiResponses } from './openai-responses.mjs';
import { Run, metered } from './run.mjs';

const CLIENTS = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'openai-azure': openAiAzure,
  anthropic,
  'ai-openai': aiSdk('chat'),
  'ai-openai-responses': aiSdk('responses'),
  'ai-openai-compatible': aiSdk('compatible'),
  'ai-anthropic': aiSdk('anthropic'),
};

const given = readArguments({
  plan: undefined,
  client: undefined,
  url: undefined,
  key: undefined,
  model: undefined,
  models: undefined,
  steps: undefined,
  'calls-out': undefined,
});

/** One run by hand: --models is JSON such as {"tools": "acme/tools"}, for the steps that need more than one model. */
function byHand() {
  const models = { good: required(given, 'model'), ...JSON.parse(given.models ?? '{}') };
  const client = required(given, 'client');
  return [{ name: client, client, url: required(given, 'url'), key: required(given, 'key'), models }];
}

const plans = given.plan ? JSON.parse(fs.readFileSync(given.plan, 'utf8')) : byHand();
const only = given.steps?.split(',');
const reports = await Promise.all(
  plans.map(async (plan) => {
    if (!(plan.client in CLIENTS)) throw new Error(`${plan.client} is none of ${Object.keys(CLIENTS).join(', ')}`);
    const report = await new Run(plan).report(CLIENTS[plan.client], only);
    console.log(JSON.stringify(report));
    return report;
  }),
);
if (given['calls-out']) {
  const lines = reports.flatMap((report) => metered(report.requests)).map((call) => `${JSON.stringify(call)}\n`);
  fs.writeFileSync(given['calls-out'], lines.join(''));
}
