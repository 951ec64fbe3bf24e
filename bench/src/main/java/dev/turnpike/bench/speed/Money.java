package dev.turnpike.bench.speed;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Requests served beside what the edge wrote down of them.
 *
 * @param served answers with status 200 that the load generator and the other askers got
 * @param started records STARTED on the topic
 * @param settled different request ids with a SETTLED record
 * @param repeated terminal records of a request that had one already
 * @param otherEnds aborted and refused requests
 * @param drainSeconds from the end of the load until the topic had everything
 */
record Money(
        long served,
        long started,
        long settled,
        long repeated,
        long otherEnds,
        double drainSeconds) {
    boolean exact() {
        return settled == served && started == settled && repeated == 0;
    }

    String sentence() {
        return "money: %d served, %d started, %d settled, %d repeated, %d other ends; %s, %.1f s after the load%n"
                .formatted(
                        served,
                        started,
                        settled,
                        repeated,
                        otherEnds,
                        exact() ? "nothing lost" : "DOES NOT ADD UP",
                        drainSeconds)
                .stripTrailing();
    }

    void put(ObjectNode node) {
        node.put("served", served)
                .put("started", started)
                .put("settled", settled)
                .put("repeated", repeated)
                .put("other_ends", otherEnds)
                .put("drain_seconds", drainSeconds);
    }
}
