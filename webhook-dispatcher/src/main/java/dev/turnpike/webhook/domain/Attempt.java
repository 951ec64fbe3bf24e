package dev.turnpike.webhook.domain;

import dev.turnpike.schemas.control.Webhook;
import java.time.Instant;

/**
 * One attempt to be made now.
 *
 * @param webhook as it is now: its current address and secrets count, not those of earlier attempts
 * @param number counts the attempts of one delivery, from 1
 * @param at when it starts
 * @param proven which kind of slot it holds, see {@link Slots}
 */
public record Attempt(Delivery delivery, Webhook webhook, int number, Instant at, boolean proven) {}
