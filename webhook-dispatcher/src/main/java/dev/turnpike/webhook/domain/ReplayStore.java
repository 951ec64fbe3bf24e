package dev.turnpike.webhook.domain;

import java.util.List;

/**
 * Where orders are kept until they are carried out. What is written here becomes durable with the
 * transaction around it, all or nothing. One thread uses it.
 */
public interface ReplayStore {
    /** Every order, by webhook and in the order in which they were given. */
    List<ReplayState> all();

    /** Keeps an order, or how far it has come. */
    void put(ReplayState state);

    /** Forgets an order that is carried out. */
    void remove(ReplayState state);
}
