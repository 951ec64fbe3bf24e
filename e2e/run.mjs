// One client's run: what it may use, and every request it sends. Clients are made inside `Run.within`, and are not
// told of it: they find `fetch` where they always do, and the run of the calling code is looked up there.

import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage();
const realFetch = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const run = current.getStore();
  if (run === undefined) return realFetch(input, init);
  const request = { path: new URL(input.url ?? input).pathname, method: init?.method ?? input.method ?? 'GET' };
  run.requests.push(request);
  const response = await realFetch(input, init);
  request.status = response.status;
  request.request_id = response.headers.get('x-request-id') ?? response.headers.get('request-id');
  return response;
};

/** A step needs a model that was not given, so it is left out. */
class NoSuchModel extends Error {}

export class Run {
  requests = [];

  /** @param plan {name, client, url, key, models}: `url` is the gateway's root, `models` are slugs by their use */
  constructor(plan) {
    this.plan = plan;
  }

  get url() {
    return this.plan.url;
  }

  get key() {
    return this.plan.key;
  }

  /** Different in every run, so that the upstream can tell their requests apart. */
  get prompt() {
    return `Hello from ${this.plan.name}`;
  }

  model(use) {
    const slug = this.plan.models[use];
    if (slug === undefined) throw new NoSuchModel(use);
    return slug;
  }

  /** The request sent last, to which the client's own account of it is added. */
  called(usage, facts) {
    const last = this.requests.at(-1);
    Object.assign(last, { ...usage, ...facts });
    return last;
  }

  /** How many requests `work` sends, and what it throws or returns. */
  async counted(work) {
    const before = this.requests.length;
    try {
      return { value: await work(), attempts: this.requests.length - before };
    } catch (error) {
      return { error, attempts: this.requests.length - before };
    }
  }

  /**
   * Takes the steps one by one. What a step throws is in the report: this judges nothing.
   *
   * @param client makes the client and returns its steps by name
   * @param only names of steps, or undefined for all
   */
  async report(client, only) {
    return current.run(this, async () => {
      const steps = {};
      for (const [name, step] of Object.entries(client(this))) {
        if (only !== undefined && !only.includes(name)) continue;
        try {
          steps[name] = await step();
        } catch (error) {
          if (!(error instanceof NoSuchModel)) steps[name] = { thrown: `${error.stack}` };
        }
      }
      return { run: this.plan.name, steps, requests: this.requests };
    });
  }
}

/** What a gateway writes into its ledger for these requests; refused ones name no outcome. */
export function metered(requests) {
  return requests.filter(
    ({ path, status, request_id: id }) => id && status !== 401 && !/\/models\b|\/count_tokens$/.test(path),
  );
}
