// What several clients are made to do in the same way.

import { z } from 'zod';

/** The shape every structured answer has. */
export const TRIP = z.object({ city: z.string(), days: z.number() });

/** Parameters of the one tool there is. */
export const CITY = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

/** Long enough for a request to reach the provider, short enough to be waited for. */
const TIMEOUT_MILLIS = 2_500;

/**
 * The steps that fail, or that succeed only when tried again.
 *
 * @param ask sends one request to a model and returns its text; `options` are {key?, maxRetries?, timeout?, body?}
 * @param shown what a client's exception tells
 */
export function troubles(run, ask, shown) {
  const failing = (use, options) => async () => {
    const { model = run.model(use), ...more } = options ?? {};
    const { error, value, attempts } = await run.counted(() => ask(model, more));
    return error === undefined ? { error: null, text: value, attempts } : { ...shown(error), attempts };
  };
  const twice = (use, options) => async () => ({
    first: await failing(use, options)(),
    second: await failing(use, options)(),
  });
  return {
    wrong_key: failing('good', { key: `${run.key}x` }),
    unknown_model: failing('good', { model: `${run.plan.models.good}-unknown` }),
    too_long: failing('too_long'),
    forbidden: failing('forbidden'),
    too_large: failing('too_large'),
    unprocessable: failing('unprocessable'),
    late: failing('late', { maxRetries: 0 }),
    busy: failing('busy'),
    down: failing('down'),
    flaky_429: failing('flaky_429'),
    flaky_503: failing('flaky_503'),
    timed_out: failing('hang', { timeout: TIMEOUT_MILLIS }),
    quota: twice('quota'),
    minute: twice('minute', { maxRetries: 0 }),
    second: twice('second'),
  };
}

/** What all exceptions of the two vendors' clients tell. */
export function statusError(error) {
  const header = (name) => error.headers?.get?.(name) ?? null;
  return {
    error: error.constructor.name,
    status: error.status,
    request_id: error.requestID ?? null,
    message: error.message,
    retry_after: header('retry-after'),
    retry_after_ms: header('retry-after-ms'),
    should_retry: header('x-should-retry'),
  };
}
