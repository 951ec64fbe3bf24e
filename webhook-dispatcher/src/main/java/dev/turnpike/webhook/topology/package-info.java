/**
 * The dispatcher on Kafka Streams, exactly once: ledger entries are routed to webhooks, batched
 * into deliveries, and deliveries are kept, handed to the senders and settled. Processors here move
 * records between topics, stores and the domain; they decide nothing themselves.
 */
@NullMarked
package dev.turnpike.webhook.topology;

import org.jspecify.annotations.NullMarked;
