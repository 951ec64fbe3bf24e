/**
 * What a webhook delivery is and what happens to it: which entries go where, how they are batched,
 * signed, retried and given up. Pure: time, randomness and storage come in, no I/O happens here and
 * nothing of HTTP or Kafka may enter.
 */
@NullMarked
package dev.turnpike.webhook.domain;

import org.jspecify.annotations.NullMarked;
